//! How a plan is made of events: what the filesystem, the registry and the graph each have to say.
//!
//! An event says only that something has happened to a path. So a flush compares: the contents with what was executed, what is found with
//! what was found, what imports find with what they found. Whatever differs makes a module stale, and what is stale affects others.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::graph::Graph;
use crate::graph::index::ImportIndex;
use crate::ids;
use crate::layout::rules::Patterns;
use crate::layout::walk::{Layout, is_source, is_within};
use crate::name::{Inflector, ModuleName};
use crate::reload::compare::{compare, imported, relinked};
use crate::reload::plan::{Change, Plan};
use crate::reload::reach::Situation;
use crate::reload::reason::Reason;
use crate::reload::registry::Registry;
use crate::reload::transactions::transactions;
use crate::vfs::Vfs;

/// All that a plan is made from.
pub(crate) struct Planner<'a> {
    pub vfs: &'a dyn Vfs,
    pub layout: &'a Layout,
    pub inflector: &'a Inflector,
    /// What is left alone, as `do_not_reload` says.
    pub kept: &'a Patterns,
    pub registry: &'a mut Registry,
    pub index: &'a mut ImportIndex,
}

/// What has happened since the last plan.
#[derive(Clone, Copy)]
pub(crate) struct Events<'a> {
    /// Paths, and what they hold now.
    pub changes: &'a [Change],
    /// Modules to reload in any case.
    pub forced: &'a [String],
    /// Whether to look for new names without being told of a path, and to try again all that has failed before.
    pub rescan: bool,
}

impl Planner<'_> {
    /// What is to be done now, and notes in the registry what was found.
    ///
    /// # Errors
    /// A filesystem error where a root cannot be read; what was known before stays.
    pub fn plan(self, events: Events<'_>) -> Result<Plan> {
        let mut flush = Flush {
            planner: self,
            events,
            starts: BTreeSet::new(),
            restored: BTreeSet::new(),
            freed: Vec::new(),
            plan: Plan::default(),
        };
        flush.remember_imports();
        flush.find_freed();
        flush.scan()?;
        let before = flush.read();
        flush.compare_layout();
        flush.compare_contents();
        flush.unblock();
        flush.retry_freed();
        flush.compare_order();
        flush.compare_links(before);
        flush.force();
        flush.retry_all();
        flush.split();
        Ok(flush.plan)
    }

    /// The loaded modules that a fresh import would make otherwise: because their reload has failed, or that of something they import; by name.
    pub fn pending(mut self) -> Vec<ModuleName> {
        self.ask(|now| now.pending())
    }

    fn graph(&mut self) -> &Graph {
        self.index.graph(self.vfs, self.registry.tree(), self.inflector)
    }

    fn ask<T>(&mut self, ask: impl FnOnce(Situation<'_>) -> T) -> T {
        let Self { vfs, layout, inflector, kept, registry, index } = self;
        let tree = registry.tree();
        let graph = index.graph(*vfs, tree, inflector);
        let is_kept = |name: &ModuleName| {
            tree.get(name).is_some_and(|module| layout.covers(kept, &module.path, !is_source(&module.path)))
        };
        let is_kept: &dyn Fn(&ModuleName) -> bool = if kept.is_empty() { &|_| false } else { &is_kept };
        ask(Situation { registry, graph, is_kept })
    }
}

/// One flush, and what its phases have found so far.
struct Flush<'a> {
    planner: Planner<'a>,
    events: Events<'a>,
    /// Modules from which the plan starts: all that they affect is reloaded.
    starts: BTreeSet<ModuleName>,
    /// Modules whose files are again what was executed.
    restored: BTreeSet<ModuleName>,
    /// Waiting modules that one which changes now may have held back.
    freed: Vec<ModuleName>,
    plan: Plan,
}

impl<'a> Flush<'a> {
    /// Notes what the modules import whose files change now, while the graph still knows it: when such a file is again what it was, its
    /// imports may find other modules.
    fn remember_imports(&mut self) {
        let Planner { registry, index, .. } = &mut self.planner;
        for change in self.events.changes {
            let Some(name) = registry.tree().name_at(&change.path) else { continue };
            if registry.load(&name).is_some_and(|load| load.stale.is_none()) {
                let imported = index.known().and_then(|graph| imported(graph, &name));
                registry.keep_imported(&name, imported);
            }
        }
    }

    /// Finds the waiting modules that a changed one imported so far: it may have held them back, and need not import them any longer.
    fn find_freed(&mut self) {
        let covers = |file: &str| {
            self.events.changes.iter().any(|change| {
                file.strip_prefix(&change.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        let registry = &self.planner.registry;
        if !registry.loads().any(|(_, load)| load.waits()) {
            return;
        }
        let is_touched = |(name, file): (&ModuleName, &String)| covers(file).then(|| name.clone());
        let files = registry.loads().filter_map(|(name, load)| Some((name, load.shape.file.as_ref()?)));
        let mut touched = ids::set(files.filter_map(is_touched));
        // What is not loaded connects those that import it with what it imports.
        for module in registry.tree().modules().filter(|module| covers(&module.path)) {
            touched.insert(module.name);
        }
        self.freed = self.planner.ask(|now| now.waiting_below(&touched));
    }

    /// Scans the roots again if a path was no module's, or is none any longer: only then there can be other names. A path is news if
    /// something is there, or if a module was or came.
    fn scan(&mut self) -> Result<()> {
        let Planner { vfs, layout, inflector, registry, index, .. } = &mut self.planner;
        let changes = self.events.changes;
        let is_module = |registry: &Registry, change: &Change| registry.tree().name_at(&change.path).is_some();
        let were: Vec<bool> = changes.iter().map(|change| is_module(registry, change)).collect();
        let is_known = changes.iter().zip(&were).all(|(change, was)| *was && change.digest.is_some());
        self.plan.scanned = self.events.rescan || !is_known;
        if self.plan.scanned {
            registry.scan(*vfs, layout, inflector, index)?;
            self.plan.links.clone_from(&registry.tree().links);
        }
        let is_news = |(change, was): &(&Change, bool)| change.digest.is_some() || *was != is_module(registry, change);
        let news = changes.iter().zip(were).filter(is_news);
        self.plan.changed = news.map(|(change, _)| change.path.clone()).collect();
        Ok(())
    }

    /// Reads the changed files again. What other code was seen to import counts as long as that is loaded: new code has shown nothing yet.
    /// Returns the graph from before the scan, if there was one, and how many executions had ended by then.
    fn read(&mut self) -> Option<(Graph, u64)> {
        for (name, change) in self.changed_modules() {
            let Planner { registry, index, .. } = &mut self.planner;
            index.forget(&name);
            let is_loaded = registry.load(&name).is_some_and(|load| !load.execution.failed);
            if !is_loaded && registry.ran_other_code(&name, change.digest) {
                index.forget_observed(&name);
            }
        }
        for name in self.not_loaded_below_folders() {
            self.planner.index.forget(&name);
        }
        let before = self.planner.index.take_history();
        self.planner.graph();
        before
    }

    /// The changes of what are modules now.
    fn changed_modules(&self) -> Vec<(ModuleName, &'a Change)> {
        let tree = self.planner.registry.tree();
        self.events.changes.iter().filter_map(|change| Some((tree.name_at(&change.path)?, change))).collect()
    }

    /// What is not loaded below the folders among the paths: nobody tells of each file in a folder that took another one's place.
    fn not_loaded_below_folders(&self) -> Vec<ModuleName> {
        let registry = &self.planner.registry;
        let mut found = Vec::new();
        let changes = self.events.changes;
        if changes.iter().any(|change| change.digest.is_none() && !is_source(&change.path)) {
            for module in registry.tree().modules() {
                let covers = |change: &Change| change.digest.is_none() && is_within(&module.path, &change.path);
                if changes.iter().any(covers) && registry.load(&module.name).is_none() {
                    found.push(module.name);
                }
            }
        }
        found
    }

    /// A module that another file makes now is stale. One that no file makes is removed; a package that has only another `__path__` takes
    /// it as it is.
    fn compare_layout(&mut self) {
        if !self.plan.scanned {
            return;
        }
        let found = compare(self.planner.registry);
        for (name, reason) in found.moved {
            // What was a module may be a package now, whose attributes are modules.
            let graph = self.planner.graph();
            let importers = graph.id(&name).map(|id| graph.importers(id)).unwrap_or_default();
            let importers: Vec<ModuleName> = importers.iter().map(|id| graph.name(*id).clone()).collect();
            for importer in importers {
                self.planner.index.forget(&importer);
            }
            self.invalidate(&name, reason);
        }
        for (name, shape) in found.reshaped {
            self.planner.registry.reshape(&name, shape);
            self.plan.reshaped.push(name);
        }
        self.plan.removed = found.removed;
    }

    /// A module is stale while its file is not what was executed. When it is again, the module is as it was, unless its imports find other
    /// modules now. A module that is not loaded is news for the waiting ones that reach it.
    fn compare_contents(&mut self) {
        let mut not_loaded = ids::set(self.not_loaded_below_folders());
        for (name, change) in self.changed_modules() {
            let registry = &self.planner.registry;
            let Some(load) = registry.load(&name) else {
                not_loaded.insert(name);
                continue;
            };
            // The folder of a module that is a file beside it says nothing of that file.
            if registry.tree().get(&name).is_some_and(|module| module.path != change.path) {
                continue;
            }
            match load.stale.clone() {
                stale if load.execution.digest != change.digest => {
                    // Another reason outlasts this one, which goes when the file is again what it was.
                    let reason = stale.filter(|reason| *reason != Reason::Outrun).unwrap_or(Reason::Changed);
                    self.invalidate(&name, reason);
                }
                Some(Reason::Changed) => self.restore(name),
                Some(_) => drop(self.starts.insert(name)),
                None => {}
            }
        }
        self.starts.extend(self.planner.ask(|now| now.waiting_above(&not_loaded)));
    }

    fn restore(&mut self, name: ModuleName) {
        let now = imported(self.planner.graph(), &name);
        let registry = &self.planner.registry;
        let is_as_it_was = registry.load(&name).is_some_and(|load| {
            let before = load.imported.as_deref();
            before.is_some_and(|before| Some(before) == now.as_deref() && !registry.has_lost(before, load.ended))
        });
        if is_as_it_was {
            self.planner.registry.invalidate(&name, None);
            self.restored.insert(name);
        } else {
            self.invalidate(&name, Reason::Relinked);
        }
    }

    /// What failed because of a module that is as it was would not fail now, unless it imports another one that waits.
    fn unblock(&mut self) {
        let Self { planner, restored, .. } = self;
        for name in planner.ask(|now| now.unblocked(restored)) {
            planner.registry.mark_blocked(&name, false);
        }
    }

    /// What was freed and still waits is tried again.
    fn retry_freed(&mut self) {
        let freed = std::mem::take(&mut self.freed);
        self.starts.extend(self.planner.ask(|now| now.still_waiting(&freed)));
    }

    /// A module that is as it was, or waited for one, is stale if what it imports was executed since.
    fn compare_order(&mut self) {
        let Self { planner, restored, .. } = self;
        for name in planner.ask(|now| now.outrun(restored)) {
            self.invalidate(&name, Reason::Outrun);
        }
    }

    /// A module is stale if the names were scanned and its imports find other modules than before.
    fn compare_links(&mut self, before: Option<(Graph, u64)>) {
        let Some((before, ended)) = before else { return };
        for (name, reason) in self.planner.ask(|now| relinked(now.registry, &before, ended, now.graph)) {
            // What it imports is another reason of its own; that this was reloaded without it is none, nor is that it waits.
            let stale = self.planner.registry.load(&name).and_then(|load| load.stale.as_ref());
            if matches!(stale, None | Some(Reason::Outrun)) || !self.starts.contains(&name) {
                self.invalidate(&name, reason);
            }
        }
    }

    /// A module that somebody asks for is stale.
    fn force(&mut self) {
        for name in self.events.forced.iter().filter_map(|name| ModuleName::new(name).ok()) {
            self.invalidate(&name, Reason::Requested);
        }
    }

    /// All that waits or has failed is tried again, if somebody wants everything to be looked at.
    fn retry_all(&mut self) {
        if !self.events.rescan {
            return;
        }
        let Planner { registry, index, .. } = &mut self.planner;
        let waiting =
            registry.loads().filter(|(_, load)| load.stale.is_some() || load.blocked || load.execution.failed);
        self.starts.extend(waiting.map(|(name, _)| name.clone()));
        // Nobody has said which of the other files have changed.
        for module in registry.tree().modules().filter(|module| registry.load(&module.name).is_none()) {
            index.forget(&module.name);
        }
    }

    /// All that the starts affect is reloaded.
    fn split(&mut self) {
        let Self { planner, starts, restored, plan, .. } = self;
        (plan.transactions, plan.kept) = planner.ask(|now| {
            let affected = now.affected(starts, restored);
            let kept = affected.kept.iter().map(|id| now.graph.name(*id).clone()).collect();
            (transactions(&now, &affected), kept)
        });
    }

    /// Notes that a module would not be the same if it were imported now, unless it is to be left alone as it is. It is a start either way,
    /// so that the plan can say that it is left alone.
    fn invalidate(&mut self, name: &ModuleName, reason: Reason) {
        if !self.planner.ask(|now| (now.is_kept)(name)) {
            self.planner.registry.invalidate(name, Some(reason));
        }
        self.starts.insert(name.clone());
    }
}
