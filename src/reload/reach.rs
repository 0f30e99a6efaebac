//! Whom a module affects: all that import it, directly or through others. And from there: who waits, and is tried again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::graph::{EdgeKind, Graph, Link, ModuleId};
use crate::ids;
use crate::name::ModuleName;
use crate::reload::places::{Places, Sets};
use crate::reload::reason::{ImportedAt, Reason};
use crate::reload::registry::{Load, Registry};

/// Why a module is affected.
pub(super) enum Cause<'a> {
    /// For a reason of its own.
    Own(Reason),
    /// It imports a module that is affected.
    Import(&'a Link),
}

impl Cause<'_> {
    /// As it is told.
    pub fn reason(&self, graph: &Graph) -> Reason {
        match self {
            Self::Own(reason) => reason.clone(),
            Self::Import(link) => Reason::Imports(ImportedAt {
                imported: graph.name(link.imported).clone(),
                kind: link.kind,
                line: link.line,
            }),
        }
    }

    /// Whether it is one of the module's own. A module that was outrun or blocked fails because of what it imports, if it does.
    pub fn is_stale(&self) -> bool {
        matches!(self, Self::Own(reason) if !matches!(reason, Reason::Outrun | Reason::Blocked))
    }
}

/// Modules that are affected, with the causes; and those that would be, and are to be left alone.
#[derive(Default)]
pub(super) struct Affected<'a> {
    pub causes: BTreeMap<ModuleId, Cause<'a>>,
    pub kept: BTreeSet<ModuleId>,
}

/// What is known when modules are to be found that are affected.
pub(super) struct Situation<'a> {
    pub registry: &'a Registry,
    pub graph: &'a Graph,
    /// Which modules are to be left alone.
    pub is_kept: &'a dyn Fn(&ModuleName) -> bool,
}

impl<'a> Situation<'a> {
    /// What is brought up to date: all that the starts affect. What waits is tried again where it takes part, or has to do with a module
    /// that is as it was: it affects what these affect, or what others affect that take part.
    pub fn affected(&self, starts: &BTreeSet<ModuleName>, restored: &BTreeSet<ModuleName>) -> Affected<'a> {
        let mut waiting = self.waiting();
        let cause = |id, waits: Option<Cause<'a>>| {
            let reason = self.load(id).and_then(|load| load.stale.clone());
            reason.map(Cause::Own).or(waits).unwrap_or(Cause::Own(Reason::Changed))
        };
        let starts: Vec<_> = self.ids(starts).map(|id| (id, cause(id, waiting.remove(&id)))).collect();
        let taking_part = self.taking_part(starts.iter().map(|(id, _)| *id).chain(self.ids(restored)), &waiting);
        let others = waiting.into_iter().filter(|(id, _)| taking_part.contains(id)).collect();
        let mut affected = Affected::default();
        self.affect(starts, &mut affected);
        self.affect(others, &mut affected);
        affected
    }

    /// Adds what some modules affect: themselves, and all that reach them. What is affected already keeps its cause, unless it is one of
    /// the starts.
    fn affect(&self, starts: Vec<(ModuleId, Cause<'a>)>, affected: &mut Affected<'a>) {
        let mut pending = VecDeque::new();
        for (id, cause) in starts {
            if self.is_free(id) {
                affected.causes.insert(id, cause);
                pending.push_back(id);
            } else {
                affected.kept.insert(id);
            }
        }
        while let Some(imported) = pending.pop_front() {
            for &importer in self.graph.importers(imported) {
                if affected.causes.contains_key(&importer) {
                    continue;
                }
                if !self.is_free(importer) {
                    affected.kept.insert(importer);
                    continue;
                }
                let mut links = self.graph.links(importer).iter();
                if let Some(link) = links.find(|link| link.imported == imported && link.is_executed()) {
                    affected.causes.insert(importer, Cause::Import(link));
                    pending.push_back(importer);
                }
            }
        }
    }

    /// The modules among those that wait that take part with some others. Two modules that affect a third are in one region with all that
    /// either affects; so regions are found in one pass over the imports, however many modules wait.
    fn taking_part(
        &self,
        with: impl Iterator<Item = ModuleId>,
        waiting: &BTreeMap<ModuleId, Cause<'a>>,
    ) -> BTreeSet<ModuleId> {
        if waiting.is_empty() {
            return BTreeSet::new();
        }
        let with: Vec<ModuleId> = with.collect();
        let places: Places = self.above(with.iter().chain(waiting.keys()).copied().collect()).into_iter().collect();
        let mut regions = Sets::new(&places);
        for (place, id) in places.pairs() {
            for importer in self.graph.importers(id).iter().filter_map(|importer| places.of(*importer)) {
                regions.join(place, importer);
            }
        }
        let mut region_of = |id: &ModuleId| places.of(*id).map(|place| regions.find(place));
        let chosen = ids::set(with.iter().filter_map(&mut region_of));
        let takes_part = |id: &&ModuleId| region_of(id).is_some_and(|region| chosen.contains(&region));
        ids::set(waiting.keys().filter(takes_part).copied())
    }

    /// The loaded modules that are not what a fresh import would give: those that wait, and those that reach them.
    pub fn pending(&self) -> Vec<ModuleName> {
        let affected = self.above(self.waiting().into_keys().collect()).into_iter();
        let mut pending: Vec<ModuleId> = affected.filter(|id| self.is_loaded(*id)).collect();
        ids::sort(&mut pending, &|a, b| self.graph.name(a).cmp(self.graph.name(b)));
        pending.into_iter().map(|id| self.graph.name(id).clone()).collect()
    }

    /// The modules that reach some others, or are one of them, and import what was executed again after them: what they took from there
    /// is out of date.
    pub fn outrun(&self, of: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        let outrun =
            self.above(self.ids(of).collect()).into_iter().filter(|id| self.is_loaded(*id) && self.is_outrun(*id));
        outrun.map(|id| self.graph.name(id).clone()).collect()
    }

    fn is_outrun(&self, id: ModuleId) -> bool {
        let Some(load) = self.load(id).filter(|load| load.stale.is_none()) else { return false };
        let imported = self.graph.links(id).iter().filter(|link| link.is_executed());
        imported.filter_map(|link| self.load(link.imported)).any(|other| {
            // What was executed for the first time is what a function of this module imports, or will. Within a cycle one module ends
            // after another that imports it, but then it has also started before it.
            let is_later = other.ended > load.ended && other.execution.started > load.execution.started;
            other.is_renewal && !other.execution.failed && is_later
        })
    }

    /// The blocked modules that reach some others, and nothing else that waits.
    pub fn unblocked(&self, by: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        let mut blocked = self.waiting();
        blocked.retain(|_, cause| matches!(cause, Cause::Own(Reason::Blocked)));
        if blocked.is_empty() {
            return Vec::new();
        }
        let mut importers = Vec::new();
        for id in self.ids(by) {
            importers.extend(self.graph.importers(id));
        }
        let freed = self.above(importers);
        let mut others = self.waiting();
        others.retain(|id, _| !blocked.contains_key(id));
        let held = self.above(others.into_keys().collect());
        blocked.retain(|id, _| freed.contains(id) && !held.contains(id));
        blocked.into_keys().map(|id| self.graph.name(id).clone()).collect()
    }

    /// The modules that wait and that some others reach through imports.
    pub fn waiting_below(&self, importers: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        let mut pending: Vec<ModuleId> = self.ids(importers).filter(|id| self.is_free(*id)).collect();
        let mut reached = ids::set(pending.iter().copied());
        while let Some(id) = pending.pop() {
            let imported = self.graph.links(id).iter().filter(|link| link.is_executed()).map(|link| link.imported);
            pending.extend(imported.filter(|id| self.is_free(*id)).filter(|id| reached.insert(*id)));
        }
        self.waiting_of(&reached)
    }

    /// The modules that wait and reach one of some that are not loaded: these may be why they could not be reloaded.
    pub fn waiting_above(&self, imported: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        if imported.is_empty() { Vec::new() } else { self.waiting_of(&self.above(self.ids(imported).collect())) }
    }

    /// The modules among some that still wait.
    pub fn still_waiting(&self, of: &[ModuleName]) -> Vec<ModuleName> {
        if of.is_empty() { Vec::new() } else { self.waiting_of(&ids::set(self.ids(of))) }
    }

    fn waiting_of(&self, of: &BTreeSet<ModuleId>) -> Vec<ModuleName> {
        let waiting = self.waiting().into_keys().filter(|id| of.contains(id));
        waiting.map(|id| self.graph.name(id).clone()).collect()
    }

    /// The loaded modules that are not what a fresh import would give, without those that only import them. One that has failed runs no
    /// old code, and what it affects was tried when it changed.
    fn waiting(&self) -> BTreeMap<ModuleId, Cause<'a>> {
        let mut waiting = BTreeMap::new();
        let loads = self.registry.loads().filter(|(_, load)| load.waits());
        for (id, load) in loads.filter_map(|(name, load)| Some((self.graph.id(name)?, load))) {
            if let Some(changed) = load.changed {
                self.add_those_behind(id, changed, &mut waiting);
            }
            if let Some(reason) = load.waits_for().filter(|_| !load.execution.failed) {
                waiting.insert(id, Cause::Own(reason));
            }
        }
        waiting
    }

    /// Adds the loaded modules that saw a module fail before it changed, itself or through others that failed: if they do not fail
    /// likewise, a fresh import would come out otherwise. What imports it in a function has seen nothing.
    fn add_those_behind(&self, failed: ModuleId, changed: u64, waiting: &mut BTreeMap<ModuleId, Cause<'a>>) {
        let mut passed = BTreeSet::new();
        let mut pending = vec![failed];
        while let Some(imported) = pending.pop() {
            for &importer in self.graph.importers(imported) {
                let is_seen =
                    |link: &&Link| link.imported == imported && link.is_executed() && link.kind != EdgeKind::Deferred;
                let Some(link) = self.graph.links(importer).iter().find(is_seen) else { continue };
                match self.load(importer).filter(|load| !load.execution.failed) {
                    Some(load) if load.ended <= changed => drop(waiting.entry(importer).or_insert(Cause::Import(link))),
                    None if passed.insert(importer) => pending.push(importer),
                    _ => {}
                }
            }
        }
    }

    /// Some modules, and all that reach them. Modules that are not loaded count too: whoever imports a new one executes it, and that
    /// imports what it imports. What is to be left alone is not reached, nor what is reached through it alone.
    fn above(&self, mut pending: Vec<ModuleId>) -> BTreeSet<ModuleId> {
        let mut reached = BTreeSet::new();
        while let Some(id) = pending.pop() {
            if self.is_free(id) && reached.insert(id) {
                pending.extend(self.graph.importers(id));
            }
        }
        reached
    }

    /// Those of some names that are modules.
    fn ids<'n>(&self, names: impl IntoIterator<Item = &'n ModuleName>) -> impl Iterator<Item = ModuleId> {
        names.into_iter().filter_map(|name| self.graph.id(name))
    }

    fn is_free(&self, id: ModuleId) -> bool {
        !(self.is_kept)(self.graph.name(id))
    }

    fn load(&self, id: ModuleId) -> Option<&'a Load> {
        self.registry.load(self.graph.name(id))
    }

    /// Whether a module is there to be reloaded: it was executed, and did not fail.
    pub fn is_loaded(&self, id: ModuleId) -> bool {
        self.load(id).is_some_and(|load| !load.execution.failed)
    }

    /// The place of a module among all executions, by their start.
    pub fn started(&self, id: ModuleId) -> Option<u64> {
        self.load(id).map(|load| load.execution.started)
    }
}

#[cfg(test)]
mod tests;
