//! How the modules that were executed stand to what is there now: their files, and what their imports find.

use crate::graph::{EdgeKind, Graph, Link, ModuleId};
use crate::ids;
use crate::layout::tree::Shape;
use crate::name::ModuleName;
use crate::reload::plan::Removal;
use crate::reload::reason::{ImportedAt, Reason};
use crate::reload::registry::Registry;

/// How the modules that were executed stand to what a scan has found.
#[derive(Default)]
pub(super) struct Comparison {
    /// Those that nothing makes any longer, those that import others first.
    pub removed: Vec<Removal>,
    /// Those that another file makes now.
    pub moved: Vec<(ModuleName, Reason)>,
    /// Those of which only the `__path__` is another.
    pub reshaped: Vec<(ModuleName, Shape)>,
}

/// Compares what was executed with what is there.
pub(super) fn compare(registry: &Registry) -> Comparison {
    let mut removed = Vec::new();
    let mut found = Comparison::default();
    for (name, load) in registry.loads() {
        let before = &load.shape;
        let Some(now) = registry.tree().shape(name) else {
            let path = before.file.as_ref().or_else(|| before.path.as_ref()?.first());
            removed.push((load.ended, Removal { name: name.clone(), reason: Reason::Gone(path.cloned()) }));
            continue;
        };
        // It may have been told that another file makes it, could not be reloaded since, and is back at the one that it ran from.
        let was_told_otherwise = match &load.stale {
            Some(Reason::Moved(file)) => now.file.as_ref() != Some(file),
            Some(Reason::BecameNamespace) => now.file.is_some(),
            _ => false,
        };
        if before.file != now.file || before.path.is_some() != now.path.is_some() || was_told_otherwise {
            found.moved.push((name.clone(), now.file.map_or(Reason::BecameNamespace, Reason::Moved)));
        } else if before.path != now.path {
            found.reshaped.push((name.clone(), now));
        }
    }
    let removed = ids::sorted(removed, &|a, b| b.0.cmp(&a.0));
    found.removed = removed.into_iter().map(|(_, removal)| removal).collect();
    found
}

/// Executed modules whose imports find other modules than before, though their files are the same. `since` is how many executions had ended
/// when the graph from before was that of what was there.
pub(super) fn relinked(registry: &Registry, before: &Graph, since: u64, now: &Graph) -> Vec<(ModuleName, Reason)> {
    let modules = registry.loads().filter_map(|(name, load)| Some((name, load, before.id(name)?, now.id(name)?)));
    let different = modules.filter_map(|(name, load, old, new)| {
        if imports(before, old).eq(imports(now, new)) {
            return None;
        }
        let old: Vec<_> = imports(before, old).collect();
        let new: Vec<_> = imports(now, new).collect();
        let (mut lost, mut found) = (without(&old, &new), without(&new, &old));
        // Who has run since has found what had run by its end, and what its code imported before is no matter.
        if load.ended > since {
            lost.retain(|import| now.id(import.0).is_none());
            found.retain(|import| {
                !registry.load(import.0).is_some_and(|other| !other.execution.failed && other.ended < load.ended)
            });
        }
        Some((name.clone(), difference(before, &lost, now, &found)?))
    });
    different.collect()
}

/// What a module's imports find now that they did not find before, or the other way round.
fn difference(before: &Graph, lost: &[Import<'_>], now: &Graph, found: &[Import<'_>]) -> Option<Reason> {
    // A module that has come or gone says more than one that an import finds in its place.
    if let Some(import) = lost.iter().find(|import| now.id(import.0).is_none()) {
        return Some(Reason::LostImport(imported_at(*import)));
    }
    if let Some(import) = found.iter().find(|import| before.id(import.0).is_none()) {
        return Some(Reason::NewImport(imported_at(*import)));
    }
    lost.first().or(found.first()).map(|import| Reason::OtherImport(imported_at(*import)))
}

fn without<'a>(all: &[Import<'a>], others: &[Import<'a>]) -> Vec<Import<'a>> {
    let others = ids::set(others.iter());
    all.iter().filter(|import| !others.contains(import)).copied().collect()
}

/// The names of the modules that a module imports.
pub(super) fn imported(graph: &Graph, name: &str) -> Option<Vec<ModuleName>> {
    Some(imports(graph, graph.id(name)?).map(|(name, ..)| name.clone()).collect())
}

type Import<'a> = (&'a ModuleName, EdgeKind, u32);

/// What Python executes of a module's imports. The package that it is in is none: no source says that.
fn imports(graph: &Graph, id: ModuleId) -> impl Iterator<Item = Import<'_>> {
    let is_import = |link: &&Link| link.is_executed() && link.kind != EdgeKind::Parent;
    graph.links(id).iter().filter(is_import).map(|link| (graph.name(link.imported), link.kind, link.line))
}

fn imported_at((imported, kind, line): Import<'_>) -> ImportedAt {
    ImportedAt { imported: imported.clone(), kind, line }
}
