//! How a plan is made of events: what the filesystem, the registry and the graph each have to say.

use std::collections::BTreeSet;

use crate::engine::Engine;
use crate::error::Result;
use crate::name::ModuleName;
use crate::reload::planner::{self, CHANGED, Change, OUTRUN, Plan, RELINKED, Situation};
use crate::reload::registry::Registry;
use crate::vfs::Vfs;

impl<V: Vfs> Engine<V> {
    /// What is to be done after some paths have changed. `forced` are modules to reload in any case; `rescan` looks for new names
    /// without being told of a path, and tries again all that has failed before.
    ///
    /// # Errors
    /// A filesystem error where a root cannot be read; what was known before stays.
    pub fn plan(&mut self, changes: &[Change], forced: &[String], rescan: bool) -> Result<Plan> {
        self.keep_imported(changes);
        let freed = self.freed(changes);
        let is_module = |registry: &Registry, change: &Change| registry.tree().name_at(&change.path).is_some();
        let were: Vec<bool> = changes.iter().map(|change| is_module(&self.registry, change)).collect();
        let is_known = changes.iter().zip(&were).all(|(change, was)| *was && change.digest.is_some());
        let mut plan = Plan { scanned: rescan || !is_known, ..Plan::default() };
        if plan.scanned {
            self.scan()?;
        }
        let is_news =
            |(change, was): &(&Change, bool)| change.digest.is_some() || *was != is_module(&self.registry, change);
        plan.changed = changes.iter().zip(were).filter(is_news).map(|(change, _)| change.path.clone()).collect();
        let named: Vec<(ModuleName, &Change)> =
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
                // What was a module may be a package now, whose attributes are modules.
                let importers: Vec<ModuleName> = self.graph().dependents(&name, false).into_iter().cloned().collect();
                for importer in importers {
                    self.index.forget(&importer);
                }
                self.invalidate(&name, reason, &mut starts);
            }
            for (name, shape) in found.reshaped {
                self.registry.reshape(&name, shape);
                plan.reshaped.push(name);
            }
            plan.removed = found.removed;
        }
        let mut restored = BTreeSet::new();
        for (name, change) in named {
            let Some(load) = self.registry.load(&name) else {
                starts.extend(self.situation(|now| now.stale_above(&name)));
                continue;
            };
            // The folder of a module that is a file beside it says nothing of that file.
            if self.registry.tree().get(&name).is_some_and(|module| module.path != change.path) {
                continue;
            }
            let stale = load.stale.clone();
            if load.execution.digest != change.digest {
                // Another reason outlasts this one, which goes when the file is again what it was.
                let reason = stale.filter(|reason| reason != OUTRUN).unwrap_or_else(|| CHANGED.to_owned());
                self.invalidate(&name, reason, &mut starts);
            } else if stale.as_deref() == Some(CHANGED) {
                let before = load.imported.clone();
                if before.is_some() && before == self.situation(|now| planner::imported(now.graph, &name)) {
                    self.registry.invalidate(&name, None);
                    restored.insert(name);
                } else {
                    self.invalidate(&name, RELINKED.to_owned(), &mut starts);
                }
            } else if stale.is_some() {
                starts.insert(name);
            }
        }
        starts
            .extend(freed.into_iter().filter(|name| self.registry.load(name).is_some_and(|load| load.stale.is_some())));
        for name in self.situation(|now| now.outrun(&restored)) {
            self.invalidate(&name, OUTRUN.to_owned(), &mut starts);
        }
        if let Some(before) = before {
            let relinked = self.situation(|now| planner::relinked(now.registry, &before, now.graph));
            for (name, reason) in relinked {
                // What it imports is another reason of its own; that this was reloaded without it is none.
                let is_outrun = self.registry.load(&name).is_some_and(|load| load.stale.as_deref() == Some(OUTRUN));
                if is_outrun || !starts.contains(&name) {
                    self.invalidate(&name, reason, &mut starts);
                }
            }
        }
        for name in forced.iter().filter_map(|name| ModuleName::new(name).ok()) {
            self.invalidate(&name, "you asked for it".to_owned(), &mut starts);
        }
        if rescan {
            let waiting = self.registry.loads().filter(|(_, load)| load.stale.is_some() || load.execution.failed);
            starts.extend(waiting.map(|(name, _)| name.clone()));
            // Nobody has said which of the other files have changed.
            for module in self.registry.tree().modules().filter(|module| self.registry.load(&module.name).is_none()) {
                self.index.forget(&module.name);
            }
        }
        (plan.transactions, plan.kept) = self.situation(|now| now.transactions(&starts, &restored));
        Ok(plan)
    }

    /// Notes what the modules import whose files change now: when such a file is again what it was, there may be other modules.
    fn keep_imported(&mut self, changes: &[Change]) {
        for change in changes {
            let Some(name) = self.registry.tree().name_at(&change.path) else { continue };
            if self.registry.load(&name).is_some_and(|load| load.stale.is_none()) {
                let imported = self.index.known().and_then(|graph| planner::imported(graph, &name));
                self.registry.keep_imported(&name, imported);
            }
        }
    }

    /// Stale modules that one which changes now may have held back: by what it imported so far, which it need not import any longer.
    fn freed(&mut self, changes: &[Change]) -> Vec<ModuleName> {
        let covers = |file: &String| {
            changes.iter().any(|change| {
                file.strip_prefix(&change.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        let loads = || self.registry.loads();
        if !loads().any(|(_, load)| load.stale.is_some()) {
            return Vec::new();
        }
        let files = loads().filter_map(|(name, load)| Some((name, load.shape.as_ref()?.file.as_ref()?)));
        let touched: BTreeSet<ModuleName> =
            files.filter(|(_, file)| covers(file)).map(|(name, _)| name.clone()).collect();
        self.situation(|now| now.stale_below(&touched))
    }

    /// The loaded modules that a fresh import would make otherwise: because their reload has failed, or that of something they import.
    pub fn pending(&mut self) -> Vec<ModuleName> {
        self.situation(|now| now.pending())
    }

    fn situation<T>(&mut self, ask: impl FnOnce(Situation<'_, &dyn Fn(&str) -> bool>) -> T) -> T {
        let Self { vfs, layout, inflector, registry, index, kept, .. } = self;
        let tree = registry.tree();
        let is_kept =
            |name: &str| !kept.is_empty() && tree.get(name).is_some_and(|module| layout.covers(kept, &module.path));
        ask(Situation { graph: index.graph(vfs, tree, inflector), registry, is_kept: &is_kept })
    }

    /// Notes that a module would not be the same if it were imported now, unless it is to be left alone as it is.
    fn invalidate(&mut self, name: &ModuleName, reason: String, starts: &mut BTreeSet<ModuleName>) {
        if !self.situation(|now| (now.is_kept)(name)) {
            self.registry.invalidate(name, Some(reason));
        }
        starts.insert(name.clone());
    }
}
