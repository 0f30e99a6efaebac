//! Whom a module affects: all that import it, directly or through others. And from there: which stale modules are tried again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::graph::{Graph, Link, ModuleId};
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

    /// Whether it is one of the module's own. A module that was outrun fails because of what it imports, if it does.
    pub fn is_stale(&self) -> bool {
        matches!(self, Self::Own(reason) if *reason != Reason::Outrun)
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
    /// Adds what some modules affect: themselves, and all that reach them. Modules that are not loaded count too: whoever imports a new
    /// one executes it, and that imports what it imports. What is affected already keeps its cause, unless it is one of the starts.
    pub fn affect<'n>(&self, starts: impl Iterator<Item = &'n ModuleName>, affected: &mut Affected<'a>) {
        let mut pending = VecDeque::new();
        for name in starts {
            let Some(id) = self.graph.id(name) else { continue };
            if (self.is_kept)(name) {
                affected.kept.insert(id);
                continue;
            }
            let reason = self.registry.load(name).and_then(|load| load.stale.clone());
            affected.causes.insert(id, Cause::Own(reason.unwrap_or(Reason::Changed)));
            pending.push_back(id);
        }
        while let Some(imported) = pending.pop_front() {
            for &importer in self.graph.importers(imported) {
                if affected.causes.contains_key(&importer) {
                    continue;
                }
                if (self.is_kept)(self.graph.name(importer)) {
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

    /// What some modules affect, and nothing else.
    fn affected_by<'n>(&self, starts: impl Iterator<Item = &'n ModuleName>) -> Affected<'a> {
        let mut affected = Affected::default();
        self.affect(starts, &mut affected);
        affected
    }

    /// What is brought up to date: all that the starts affect. What was stale before is tried again where it takes part, or has to do with
    /// a module that is as it was: it affects what these affect, or what others affect that take part.
    pub fn affected(&self, starts: &BTreeSet<ModuleName>, restored: &BTreeSet<ModuleName>) -> Affected<'a> {
        let mut affected = self.affected_by(starts.iter());
        for name in self.taking_part(starts, restored) {
            self.affect(std::iter::once(name), &mut affected);
        }
        affected
    }

    /// The stale modules among those that take part. Two modules that affect a third are in one region with all that either affects; so
    /// regions are found in one pass over the imports, however many modules wait.
    fn taking_part(&self, starts: &BTreeSet<ModuleName>, restored: &BTreeSet<ModuleName>) -> Vec<&'a ModuleName> {
        let mut waiting: Vec<&ModuleName> = self.stale().filter(|name| !starts.contains(*name)).collect();
        if waiting.is_empty() {
            return waiting;
        }
        let all = self.affected_by(waiting.iter().copied().chain(starts).chain(restored)).causes;
        let places: Places = all.into_keys().collect();
        let mut regions = Sets::new(&places);
        for (place, id) in places.pairs() {
            for importer in self.graph.importers(id).iter().filter_map(|importer| places.of(*importer)) {
                regions.join(place, importer);
            }
        }
        let mut region_of = |name: &ModuleName| Some(regions.find(places.of(self.graph.id(name)?)?));
        let chosen = ids::set(starts.iter().chain(restored).filter_map(&mut region_of));
        waiting.retain(|name| region_of(name).is_some_and(|region| chosen.contains(&region)));
        waiting
    }

    /// The loaded modules that are not what a fresh import would give: those that are stale, and those that reach them.
    pub fn pending(&self) -> Vec<ModuleName> {
        let affected = self.affected_by(self.stale());
        let mut pending: Vec<ModuleId> = affected.causes.into_keys().filter(|id| self.is_loaded(*id)).collect();
        ids::sort(&mut pending, &|a, b| self.graph.name(a).cmp(self.graph.name(b)));
        pending.into_iter().map(|id| self.graph.name(id).clone()).collect()
    }

    /// The modules that reach some others, or are one of them, and import what was executed again after them: what they took from there
    /// is out of date.
    pub fn outrun(&self, of: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        let affected = self.affected_by(of.iter());
        let ids = affected.causes.into_keys().filter(|id| self.is_loaded(*id) && self.is_outrun(*id));
        ids.map(|id| self.graph.name(id).clone()).collect()
    }

    fn is_outrun(&self, id: ModuleId) -> bool {
        let Some(load) = self.registry.load(self.graph.name(id)).filter(|load| load.stale.is_none()) else {
            return false;
        };
        let imported = self.graph.links(id).iter().filter(|link| link.is_executed());
        imported.filter_map(|link| self.registry.load(self.graph.name(link.imported))).any(|other| {
            // Within a cycle one module ends after another that imports it, but then it has also started before it.
            !other.execution.failed && other.ended > load.ended && other.execution.started > load.execution.started
        })
    }

    /// The stale modules that some others reach through imports.
    pub fn stale_below(&self, importers: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        let is_free = |id: &ModuleId| !(self.is_kept)(self.graph.name(*id));
        let mut pending: Vec<ModuleId> =
            importers.iter().filter_map(|name| self.graph.id(name)).filter(is_free).collect();
        let mut reached = ids::set(pending.iter().copied());
        while let Some(id) = pending.pop() {
            let imported = self.graph.links(id).iter().filter(|link| link.is_executed()).map(|link| link.imported);
            pending.extend(imported.filter(is_free).filter(|id| reached.insert(*id)));
        }
        self.stale_of(|id| reached.contains(&id))
    }

    /// The stale modules that reach one of some that are not loaded: these may be why they could not be reloaded.
    pub fn stale_above(&self, imported: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        if imported.is_empty() {
            return Vec::new();
        }
        let affected = self.affected_by(imported.iter());
        self.stale_of(|id| affected.causes.contains_key(&id))
    }

    fn stale_of(&self, is_wanted: impl Fn(ModuleId) -> bool) -> Vec<ModuleName> {
        self.stale().filter(|name| self.graph.id(name).is_some_and(&is_wanted)).cloned().collect()
    }

    /// Stale modules that are loaded. One that has failed runs no old code, and what it affects was tried when it changed.
    fn stale(&self) -> impl Iterator<Item = &'a ModuleName> + use<'a> {
        let stale = |load: &Load| load.stale.is_some() && !load.execution.failed;
        self.registry.loads().filter(move |(_, load)| stale(load)).map(|(name, _)| name)
    }

    /// Whether a module is there to be reloaded: it was executed, and did not fail.
    pub fn is_loaded(&self, id: ModuleId) -> bool {
        self.registry.load(self.graph.name(id)).is_some_and(|load| !load.execution.failed)
    }

    /// The place of a module among all executions, by their start.
    pub fn started(&self, id: ModuleId) -> Option<u64> {
        self.registry.load(self.graph.name(id)).map(|load| load.execution.started)
    }
}

#[cfg(test)]
mod tests;
