//! Who imports whom: edges between registered modules, read from the source without executing it, and what follows from them.
//!
//! An edge reads "importer imports imported". Next to import statements a child depends on its parent, since Python imports the
//! parent first, and there are imports that were observed while a module ran.

mod check;
mod components;
mod files;
mod importers;
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
use importers::Importers;
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
    /// Who imports each module; not for type checkers alone.
    importers: Importers,
    /// Who imports each module for type checkers.
    checkers: Importers,
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
        let mut sorted: Vec<ModuleId> = modules.ids().collect();
        ids::sort(&mut sorted, &|a, b| modules.name(a).cmp(modules.name(b)));
        let mut rank = IndexVec::filled(modules.len(), 0);
        for (place, id) in (0..).zip(&sorted) {
            *rank.at_mut(*id) = place;
        }
        let importers = Importers::new(&links, Link::is_executed);
        let checkers = Importers::new(&links, Link::is_for_checkers);
        Self { modules, links, sorted, rank, importers, checkers }
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
                ids.extend(self.importers.of(id).iter().chain(self.checkers.of(id)));
            }
        }
        ids::sort(&mut ids, &|a, b| a.cmp(&b));
        ids.dedup();
        let linker = Linker { resolver: self.modules.resolver(tree, inflector), files, observed };
        let fresh: Vec<(ModuleId, Vec<Link>)> = ids.into_iter().map(|id| (id, linker.links_of(id))).collect();
        self.importers.update(&self.links, &fresh, Link::is_executed);
        self.checkers.update(&self.links, &fresh, Link::is_for_checkers);
        for (id, links) in fresh {
            *self.links.at_mut(id) = links;
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
        self.importers.of(id)
    }
}

#[cfg(test)]
mod tests;
