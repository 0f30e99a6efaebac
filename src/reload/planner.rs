//! What to reload after files have changed: pure data in, pure data out.
//!
//! A module is stale for a reason of its own (its file, what an import in it finds, or because somebody asks), or affected because it
//! imports one that is. Affected modules that imports connect make one transaction, in the order in which they are to be loaded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::graph::{EdgeKind, Graph, Link, ModuleId, components};
use crate::ids;
use crate::layout::tree::Shape;
use crate::name::ModuleName;
use crate::reload::registry::{Load, Registry};

/// What a path holds now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Change {
    /// Absolute path of a file or a directory.
    pub path: String,
    /// A hash of the source; none where no file is there.
    pub digest: Option<u64>,
}

/// One module of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Dotted name.
    pub name: ModuleName,
    /// The file that runs when it is imported; none for an implicit namespace package.
    pub file: Option<String>,
    /// Why it is reloaded, as the rest of a sentence: "imports app.user, line 3".
    pub reason: String,
    /// Whether it is stale for a reason of its own.
    pub is_stale: bool,
    /// The steps of the transaction that it imports, by their place.
    pub imports: Vec<u32>,
}

/// A module that is no longer there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Removal {
    /// Dotted name.
    pub name: ModuleName,
    /// Why, as the rest of a sentence.
    pub reason: String,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The paths that are news: sources, and what has become a module or is none any longer. A temporary file that is gone is none.
    pub changed: Vec<String>,
    /// Modules whose files are gone, those that import others first.
    pub removed: Vec<Removal>,
    /// Packages that stay, and have another `__path__` now.
    pub reshaped: Vec<ModuleName>,
    /// Modules to reload, what each imports before it; no import leads from one transaction to another.
    pub transactions: Vec<Vec<Step>>,
    /// Modules that would be reloaded, and are to be left alone.
    pub kept: Vec<ModuleName>,
    /// Whether the roots were scanned again.
    pub scanned: bool,
}

/// Why a module is stale whose file is another one than when it was executed.
pub(crate) const CHANGED: &str = "its file has changed";
/// Why a module is stale whose file is again what it was, while there are other modules to import.
pub(crate) const RELINKED: &str = "its imports find other modules than before";
/// Why a module is stale that could not be reloaded with what it imports, and whose own file is again what it was.
pub(crate) const OUTRUN: &str = "what it imports was reloaded without it";

/// Why a module is reloaded.
enum Cause {
    Own(String),
    Import { imported: ModuleId, kind: EdgeKind, line: u32 },
}

/// What is known when a plan is made. `is_kept` says which modules are to be left alone.
pub(crate) struct Situation<'a, F> {
    pub registry: &'a Registry,
    pub graph: &'a Graph,
    pub is_kept: F,
}

/// How the modules that were executed stand to what a scan has found.
#[derive(Default)]
pub(crate) struct Comparison {
    pub removed: Vec<Removal>,
    /// Those that another file makes now: name and reason.
    pub moved: Vec<(ModuleName, String)>,
    /// Those of which only the `__path__` is another.
    pub reshaped: Vec<(ModuleName, Shape)>,
}

/// Compares what was executed with what is there.
pub(crate) fn compare(registry: &Registry) -> Comparison {
    let mut removed = Vec::new();
    let mut found = Comparison::default();
    for (name, load) in registry.loads() {
        let (before, now) = (load.shape.as_ref(), registry.tree().shape(name));
        let Some(now) = now else {
            let what = before.and_then(|shape| shape.file.clone().or_else(|| shape.path.clone()?.into_iter().next()));
            let reason = what.map_or_else(|| "it is gone".to_owned(), |what| format!("{what} is gone"));
            removed.push((load.ended, Removal { name: name.clone(), reason }));
            continue;
        };
        let Some(before) = before else { continue };
        if before.file != now.file || before.path.is_some() != now.path.is_some() {
            let reason = match &now.file {
                Some(file) => format!("is {file} now"),
                None => "is a namespace package now".to_owned(),
            };
            found.moved.push((name.clone(), reason));
        } else if before.path != now.path {
            found.reshaped.push((name.clone(), now));
        }
    }
    removed.sort_unstable_by_key(|(ended, _)| std::cmp::Reverse(*ended));
    found.removed = removed.into_iter().map(|(_, removal)| removal).collect();
    found
}

/// Executed modules whose imports find other modules than before, though their files are the same: name and reason.
pub(crate) fn relinked(registry: &Registry, before: &Graph, now: &Graph) -> Vec<(ModuleName, String)> {
    let mut found = Vec::new();
    for (name, _) in registry.loads() {
        let (Some(old), Some(new)) = (before.id(name), now.id(name)) else { continue };
        let old: Vec<_> = targets(before, old).collect();
        let new: Vec<_> = targets(now, new).collect();
        if old == new {
            continue;
        }
        let gone = old.iter().filter(|link| !new.contains(link)).map(|link| (link, now.id(link.0).is_none(), "gone"));
        let added =
            new.iter().filter(|link| !old.contains(link)).map(|link| (link, before.id(link.0).is_none(), "new"));
        let others: Vec<_> = gone.chain(added).collect();
        // A module that has come or gone says more than one that an import finds in its place.
        if let Some((link, tells, is)) = others.iter().find(|(_, tells, _)| *tells).or(others.first()) {
            let is = if *tells { is } else { "what its import finds now" };
            let reason = format!("{}, which is {is}", words(link.0, link.1, link.2));
            found.push((name.clone(), reason));
        }
    }
    found
}

/// The names of the modules that a module imports.
pub(crate) fn imported(graph: &Graph, name: &str) -> Option<Vec<ModuleName>> {
    Some(targets(graph, graph.id(name)?).map(|(name, ..)| name.clone()).collect())
}

fn targets(graph: &Graph, id: ModuleId) -> impl Iterator<Item = (&ModuleName, EdgeKind, u32)> {
    let links = graph.links(id).iter().filter(|link| link.is_executed() && link.kind != EdgeKind::Parent);
    links.map(|link| (graph.name(link.imported), link.kind, link.line))
}

fn words(imported: &str, kind: EdgeKind, line: u32) -> String {
    match kind {
        EdgeKind::Parent => format!("is in {imported}"),
        EdgeKind::Attribute | EdgeKind::Observed => format!("uses {imported}, line {line}"),
        _ => format!("imports {imported}, line {line}"),
    }
}

impl<F: Fn(&str) -> bool> Situation<'_, F> {
    /// The transactions that bring everything up to date that the starts affect, and the modules that are left alone. What was stale
    /// before is tried again where it takes part in one of them, or has to do with a module that is as it was.
    pub fn transactions(
        &self,
        starts: &BTreeSet<ModuleName>,
        restored: &BTreeSet<ModuleName>,
    ) -> (Vec<Vec<Step>>, Vec<ModuleName>) {
        let mut causes = BTreeMap::new();
        let mut kept = BTreeSet::new();
        self.affect(starts.iter(), &mut causes, &mut kept);
        let mut touched = BTreeMap::new();
        self.affect(restored.iter(), &mut touched, &mut BTreeSet::new());
        let mut waiting: Vec<&ModuleName> = self.stale().filter(|name| !starts.contains(*name)).collect();
        loop {
            let before = waiting.len();
            waiting.retain(|name| {
                let (mut alone, mut kept_alone) = (BTreeMap::new(), BTreeSet::new());
                self.affect(std::iter::once(*name), &mut alone, &mut kept_alone);
                let takes_part = alone.keys().any(|id| causes.contains_key(id) || touched.contains_key(id));
                if takes_part {
                    for (id, cause) in alone {
                        if matches!(cause, Cause::Own(_)) || !causes.contains_key(&id) {
                            causes.insert(id, cause);
                        }
                    }
                    kept.append(&mut kept_alone);
                }
                !takes_part
            });
            if waiting.len() == before {
                break;
            }
        }
        let kept = kept.into_iter().map(|id| self.graph.name(id).clone()).collect();
        (self.split(&causes), kept)
    }

    /// The loaded modules that are not what a fresh import would give: those that are stale, and those that reach them.
    pub fn pending(&self) -> Vec<ModuleName> {
        let mut causes = BTreeMap::new();
        self.affect(self.stale(), &mut causes, &mut BTreeSet::new());
        let ids = causes.into_keys().filter(|id| self.is_loaded(*id));
        let mut names: Vec<ModuleName> = ids.map(|id| self.graph.name(id).clone()).collect();
        names.sort_unstable();
        names
    }

    /// The modules that reach some others, or are one of them, and import what was executed again after them: what they took from there
    /// is out of date.
    pub fn outrun(&self, of: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        let mut causes = BTreeMap::new();
        self.affect(of.iter(), &mut causes, &mut BTreeSet::new());
        let ids = causes.into_keys().filter(|id| self.is_loaded(*id) && self.is_outrun(*id));
        ids.map(|id| self.graph.name(id).clone()).collect()
    }

    fn is_outrun(&self, id: ModuleId) -> bool {
        let Some(load) = self.registry.load(self.graph.name(id)).filter(|load| load.stale.is_none()) else {
            return false;
        };
        let imported = self.graph.links(id).iter().filter(|link| link.is_executed());
        imported.filter_map(|link| self.registry.load(self.graph.name(link.imported))).any(|other| {
            // Within a circle one module ends after another that imports it, but then it has also started before it.
            !other.execution.failed && other.ended > load.ended && other.execution.started > load.execution.started
        })
    }

    /// The stale modules that some others reach through imports.
    pub fn stale_below(&self, importers: &BTreeSet<ModuleName>) -> Vec<ModuleName> {
        let is_reached = |name: &&ModuleName| {
            let mut affected = BTreeMap::new();
            self.affect(std::iter::once(*name), &mut affected, &mut BTreeSet::new());
            affected.keys().any(|id| importers.contains(self.graph.name(*id)))
        };
        self.stale().filter(is_reached).cloned().collect()
    }

    /// The stale modules that reach one which was never executed: it may be why they could not be reloaded.
    pub fn stale_above(&self, imported: &ModuleName) -> Vec<ModuleName> {
        let mut affected = BTreeMap::new();
        self.affect(std::iter::once(imported), &mut affected, &mut BTreeSet::new());
        let is_affected = |name: &&ModuleName| self.graph.id(name).is_some_and(|id| affected.contains_key(&id));
        self.stale().filter(is_affected).cloned().collect()
    }

    /// Stale modules that are loaded. One that has failed runs no old code, and what it affects was tried when it changed.
    fn stale(&self) -> impl Iterator<Item = &ModuleName> {
        let stale = |load: &Load| load.stale.is_some() && !load.execution.failed;
        self.registry.loads().filter(move |(_, load)| stale(load)).map(|(name, _)| name)
    }

    fn is_loaded(&self, id: ModuleId) -> bool {
        self.registry.load(self.graph.name(id)).is_some_and(|load| !load.execution.failed)
    }

    /// Adds what some modules affect: themselves, and all that reach them. Modules that are not loaded count too: whoever imports a new
    /// one executes it, and that imports what it imports.
    fn affect<'n>(
        &self,
        starts: impl Iterator<Item = &'n ModuleName>,
        causes: &mut BTreeMap<ModuleId, Cause>,
        kept: &mut BTreeSet<ModuleId>,
    ) {
        let mut pending = VecDeque::new();
        for name in starts {
            let Some(id) = self.graph.id(name) else { continue };
            if (self.is_kept)(name) {
                kept.insert(id);
                continue;
            }
            let reason = self.registry.load(name).and_then(|load| load.stale.clone());
            causes.insert(id, Cause::Own(reason.unwrap_or_else(|| CHANGED.to_owned())));
            pending.push_back(id);
        }
        while let Some(imported) = pending.pop_front() {
            for &importer in self.graph.importers(imported) {
                let name = self.graph.name(importer);
                if causes.contains_key(&importer) {
                    continue;
                }
                if (self.is_kept)(name) {
                    kept.insert(importer);
                    continue;
                }
                let mut links = self.graph.links(importer).iter();
                if let Some(link) = links.find(|link| link.imported == imported && link.is_executed()) {
                    causes.insert(importer, Cause::Import { imported, kind: link.kind, line: link.line });
                    pending.push_back(importer);
                }
            }
        }
    }

    /// Affected modules that are loaded, by transaction, each in the order of loading. Affected ones that are not loaded connect
    /// those that import them with what they import, and are no steps themselves.
    fn split(&self, causes: &BTreeMap<ModuleId, Cause>) -> Vec<Vec<Step>> {
        let ids: Vec<ModuleId> = causes.keys().copied().collect();
        // The place of an id is found where it was taken from: the ids are sorted.
        let place_of = |id: ModuleId| ids.binary_search(&id).ok().and_then(|place| u32::try_from(place).ok());
        let links = |place: u32| {
            let links = ids.get(place as usize).map_or(&[] as &[Link], |id| self.graph.links(*id));
            links
                .iter()
                .filter(|link| link.is_executed())
                .filter_map(|link| Some((place_of(link.imported)?, link.kind)))
        };
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let groups = components(count, &|place| {
            links(place).filter(|(_, kind)| *kind != EdgeKind::Deferred).map(|(target, _)| target).collect()
        });
        let mut order = Vec::with_capacity(ids.len());
        for mut group in groups {
            // Within a circle the first one is the one that was imported first: not every circle can be entered anywhere.
            let started = |place: u32| ids.get(place as usize).and_then(|id| self.started(*id));
            ids::sort(&mut group, &|a, b| started(a).cmp(&started(b)));
            order.extend(group);
        }
        let mut sets = Sets::new(count);
        for place in 0..count {
            for (target, _) in links(place) {
                sets.join(place, target);
            }
        }
        let mut transaction_of = vec![None; ids.len()];
        let mut place_in = vec![None; ids.len()];
        let mut members: Vec<Vec<u32>> = Vec::new();
        for place in order {
            if !ids.get(place as usize).is_some_and(|id| self.is_loaded(*id)) {
                continue;
            }
            let Some(transaction) = transaction_of.get_mut(sets.find(place) as usize) else { continue };
            let at = *transaction.get_or_insert(members.len());
            if at == members.len() {
                members.push(Vec::new());
            }
            if let (Some(of), Some(slot)) = (members.get_mut(at), place_in.get_mut(place as usize)) {
                *slot = u32::try_from(of.len()).ok();
                of.push(place);
            }
        }
        let imports_of = |place: u32| {
            let mut imports = BTreeSet::new();
            let mut passed = BTreeSet::from([place]);
            let mut pending = vec![place];
            while let Some(place) = pending.pop() {
                for (target, _) in links(place) {
                    match place_in.get(target as usize) {
                        Some(Some(step)) => drop(imports.insert(*step)),
                        _ if passed.insert(target) => pending.push(target),
                        _ => {}
                    }
                }
            }
            Vec::from_iter(imports)
        };
        let step = |place: u32| {
            let id = *ids.get(place as usize)?;
            let (reason, is_stale) = match causes.get(&id)? {
                // One that was outrun fails because of what it imports, if it does.
                Cause::Own(reason) => (reason.clone(), reason != OUTRUN),
                Cause::Import { imported, kind, line } => (words(self.graph.name(*imported), *kind, *line), false),
            };
            let name = self.graph.name(id).clone();
            let imports = imports_of(place);
            Some(Step { file: self.registry.tree().shape(&name)?.file, name, reason, is_stale, imports })
        };
        members.into_iter().map(|places| places.into_iter().filter_map(step).collect()).collect()
    }

    fn started(&self, id: ModuleId) -> Option<u64> {
        self.registry.load(self.graph.name(id)).map(|load| load.execution.started)
    }
}

/// Disjoint sets of the numbers below a count.
struct Sets {
    above: Vec<u32>,
}

impl Sets {
    fn new(count: u32) -> Self {
        Self { above: (0..count).collect() }
    }

    fn find(&mut self, of: u32) -> u32 {
        let mut at = of;
        while let Some(&next) = self.above.get(at as usize) {
            if next == at {
                break;
            }
            // Each look shortens the way of the next one.
            let further = self.above.get(next as usize).copied().unwrap_or(next);
            if let Some(slot) = self.above.get_mut(at as usize) {
                *slot = further;
            }
            at = further;
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(slot) = self.above.get_mut(a as usize) {
            *slot = b;
        }
    }
}
