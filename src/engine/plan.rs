//! How a plan is made of events: what the filesystem, the registry and the graph each have to say.

use std::collections::BTreeSet;

use crate::engine::Engine;
use crate::error::Result;
use crate::planner::{self, CHANGED, Change, Plan, Situation};
use crate::vfs::Vfs;

impl<V: Vfs> Engine<V> {
    /// What is to be done after some paths have changed. `forced` are modules to reload in any case; `rescan` looks for new names
    /// without being told of a path, and tries again all that has failed before.
    ///
    /// # Errors
    /// A filesystem error where a root cannot be read; what was known before stays.
    pub fn plan(&mut self, changes: &[Change], forced: &[String], rescan: bool) -> Result<Plan> {
        let is_known =
            |change: &Change| change.digest.is_some() && self.registry.tree().name_at(&change.path).is_some();
        let mut plan = Plan { scanned: rescan || !changes.iter().all(is_known), ..Plan::default() };
        if plan.scanned {
            self.scan()?;
        }
        let named: Vec<(String, &Change)> =
            changes.iter().filter_map(|change| Some((self.registry.tree().name_at(&change.path)?, change))).collect();
        for (name, _) in &named {
            self.index.forget(name);
        }
        let before = self.index.take_history();
        self.graph();
        let mut starts = BTreeSet::new();
        if plan.scanned {
            let found = planner::compare(&self.registry);
            for (name, reason) in found.moved {
                self.invalidate(&name, reason, &mut starts);
            }
            for (name, shape) in found.reshaped {
                plan.paths.push((name.clone(), shape.path.clone().unwrap_or_default()));
                self.registry.reshape(&name, shape);
            }
            plan.removed = found.removed;
        }
        let mut restored = BTreeSet::new();
        for (name, change) in named {
            let Some(load) = self.registry.load(&name) else { continue };
            if load.execution.digest != change.digest {
                // That another file makes it now is the better reason.
                if !starts.contains(&name) {
                    self.invalidate(&name, CHANGED.to_owned(), &mut starts);
                }
            } else if load.stale.as_deref() == Some(CHANGED) {
                self.registry.invalidate(&name, None);
                restored.insert(name);
            }
        }
        if let Some(before) = before {
            let relinked = self.situation(|now| planner::relinked(now.registry, &before, now.graph));
            for (name, reason) in relinked {
                if !starts.contains(&name) {
                    self.invalidate(&name, reason, &mut starts);
                }
            }
        }
        for name in forced {
            self.invalidate(name, "you asked for it".to_owned(), &mut starts);
        }
        if rescan {
            let waiting = self.registry.loads().filter(|(_, load)| load.stale.is_some() || load.execution.failed);
            starts.extend(waiting.map(|(name, _)| name.to_owned()));
            // Nobody has said which of the other files have changed.
            for module in self.registry.tree().modules().filter(|module| self.registry.load(&module.name).is_none()) {
                self.index.forget(&module.name);
            }
        }
        (plan.transactions, plan.kept) = self.situation(|now| now.transactions(&starts, &restored));
        Ok(plan)
    }

    /// The loaded modules that a fresh import would make otherwise: because their reload has failed, or that of something they import.
    pub fn pending(&mut self) -> Vec<String> {
        self.situation(|now| now.pending())
    }

    fn situation<T>(&mut self, ask: impl FnOnce(Situation<'_, &dyn Fn(&str) -> bool>) -> T) -> T {
        let Self { vfs, layout, inflector, registry, index, kept, .. } = self;
        let tree = registry.tree();
        let is_kept = |name: &str| {
            !kept.is_empty()
                && tree.get(name).is_some_and(|module| kept.covers(layout.relative(&module.path), &module.path))
        };
        ask(Situation { graph: index.graph(vfs, tree, inflector), registry, is_kept: &is_kept })
    }

    /// Notes that a module would not be the same if it were imported now, unless it is to be left alone as it is.
    fn invalidate(&mut self, name: &str, reason: String, starts: &mut BTreeSet<String>) {
        if !self.situation(|now| (now.is_kept)(name)) {
            self.registry.invalidate(name, Some(reason));
        }
        starts.insert(name.to_owned());
    }
}
