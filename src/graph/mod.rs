//! Who imports whom: edges between registered modules, read from the source without executing it, and what follows from them.
//!
//! An edge reads "importer imports imported". Next to import statements a child depends on its parent, since Python imports the
//! parent first, and there are imports that were observed while a module ran.

mod check;
mod components;
mod files;
pub mod index;
mod links;
mod questions;
mod resolver;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{self, IndexVec};
use crate::layout::tree::Tree;
use crate::name::{Inflector, ModuleName};

pub(crate) use components::components;
use files::Files;
pub(crate) use links::Link;
use links::Linker;
pub(crate) use resolver::ModuleId;
use resolver::{Modules, Resolver};

/// Why an edge is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EdgeKind {
    /// The importer lies in the imported package.
    Parent,
    /// An import statement that is executed when the importer is imported.
    Import,
    /// An import statement in a function, or a lazy one.
    Deferred,
    /// An import statement that only type checkers see.
    TypeChecking,
    /// An attribute of a package, or a name in a call of `import_module`. When it is imported is unknown.
    Attribute,
    /// Observed while the importer ran.
    Observed,
}

/// One import of one module by another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The module that imports.
    pub importer: ModuleName,
    /// The module that is imported.
    pub imported: ModuleName,
    /// Why the edge is there.
    pub kind: EdgeKind,
    /// The importer's file.
    pub path: String,
    /// The line of the import, counted from one; 0 for a parent.
    pub line: u32,
    /// The names that it takes, `*` for all of them; none where it takes the module.
    pub names: Vec<String>,
}

/// The whole graph, for drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphView {
    /// Module names, parents first.
    pub nodes: Vec<ModuleName>,
    /// All edges, by importer and line.
    pub edges: Vec<Edge>,
}

/// An import that was seen while a module ran: importer, imported, line.
pub type Observation = (String, String, u32);

/// The import graph of a tree.
#[derive(Debug, Default)]
pub struct Graph {
    modules: Modules,
    /// What each module imports, by line.
    links: IndexVec<ModuleId, Vec<Link>>,
    /// The modules in the order of their names.
    sorted: Vec<ModuleId>,
    /// The place of each module in that order.
    rank: IndexVec<ModuleId, u32>,
    /// Who imports each module, sorted; not for type checkers alone.
    importers: IndexVec<ModuleId, Vec<ModuleId>>,
}

impl Graph {
    /// Builds the graph of the modules of a tree. `files` has what each file imports, by path; a file that it has not got imports nothing.
    pub(crate) fn build(
        modules: Modules,
        tree: &Tree,
        inflector: &Inflector,
        files: &Files,
        observed: &BTreeSet<Observation>,
    ) -> Self {
        let linker = Linker { resolver: modules.resolver(tree, inflector), files, observed };
        let links: IndexVec<ModuleId, Vec<Link>> = modules.ids().map(|id| linker.links_of(id)).collect();
        let mut importers: IndexVec<ModuleId, Vec<ModuleId>> = IndexVec::filled(modules.len(), Vec::new());
        for (id, links) in links.pairs() {
            for link in links.iter().filter(|link| link.is_executed()) {
                let of = importers.at_mut(link.imported);
                if of.last() != Some(&id) {
                    of.push(id);
                }
            }
        }
        let mut sorted: Vec<ModuleId> = modules.ids().collect();
        ids::sort(&mut sorted, &|a, b| modules.name(a).cmp(modules.name(b)));
        let mut rank = IndexVec::filled(modules.len(), 0);
        for (place, id) in (0..).zip(&sorted) {
            *rank.at_mut(*id) = place;
        }
        Self { modules, links, sorted, rank, importers }
    }

    /// Updates the links of some modules after their files have changed or an import was observed. What a package binds decides whether
    /// `from package import name` takes a submodule, so the importers of a package are updated as well.
    pub(crate) fn update(
        &mut self,
        names: &BTreeSet<String>,
        tree: &Tree,
        inflector: &Inflector,
        files: &Files,
        observed: &BTreeSet<Observation>,
    ) {
        let mut ids = Vec::new();
        for id in names.iter().filter_map(|name| self.id(name)) {
            ids.push(id);
            if self.modules.at(id).is_package {
                ids.extend(self.importers(id));
            }
        }
        ids::sort(&mut ids, &|a, b| a.cmp(&b));
        ids.dedup();
        let linker = Linker { resolver: self.modules.resolver(tree, inflector), files, observed };
        let fresh: Vec<(ModuleId, Vec<Link>)> = ids.into_iter().map(|id| (id, linker.links_of(id))).collect();
        self.relink(fresh);
    }

    /// Replaces the links of some modules, sorted by id. Each list of importers is updated once, however many of the modules are in it.
    fn relink(&mut self, fresh: Vec<(ModuleId, Vec<Link>)>) {
        let targets = |links: &[Link]| -> Vec<ModuleId> {
            links.iter().filter(|link| link.is_executed()).map(|link| link.imported).collect()
        };
        let mut is_moved = IndexVec::filled(self.len(), false);
        let mut moved = Vec::new();
        let mut touched = Vec::new();
        for (id, links) in fresh {
            let now = targets(&links);
            let before = targets(&std::mem::replace(self.links.at_mut(id), links));
            if before != now {
                *is_moved.at_mut(id) = true;
                touched.extend(before.into_iter().chain(now.iter().copied()));
                moved.push((id, now));
            }
        }
        ids::sort(&mut touched, &|a, b| a.cmp(&b));
        touched.dedup();
        for id in &touched {
            self.importers.at_mut(*id).retain(|importer| !is_moved.at(*importer));
        }
        for (id, now) in moved {
            for imported in now {
                let importers = self.importers.at_mut(imported);
                if importers.last() != Some(&id) {
                    importers.push(id);
                }
            }
        }
        for id in touched {
            let importers = self.importers.at_mut(id);
            if !importers.is_sorted() {
                ids::sort(importers, &|a, b| a.cmp(&b));
            }
        }
    }

    /// Its modules.
    pub(crate) fn modules(&self) -> &Modules {
        &self.modules
    }

    /// A resolver of names below its modules.
    pub(crate) fn resolver<'a>(&'a self, tree: &'a Tree, inflector: &'a Inflector) -> Resolver<'a> {
        self.modules.resolver(tree, inflector)
    }

    /// The id of a module.
    pub(crate) fn id(&self, name: &str) -> Option<ModuleId> {
        self.modules.id(name)
    }

    /// How many modules there are.
    pub(crate) fn len(&self) -> u32 {
        self.modules.len()
    }

    pub(crate) fn name(&self, id: ModuleId) -> &ModuleName {
        self.modules.name(id)
    }

    /// What a module imports, by line.
    pub(crate) fn links(&self, id: ModuleId) -> &[Link] {
        self.links.at(id)
    }

    /// The modules that import a module, sorted. Imports for type checkers alone do not count.
    pub(crate) fn importers(&self, id: ModuleId) -> &[ModuleId] {
        self.importers.at(id)
    }
}

#[cfg(test)]
mod tests;
