//! Who imports whom: edges between registered modules, read from the source without executing it, and what follows from them.
//!
//! An edge reads "importer imports imported". Next to import statements a child depends on its parent, since Python imports the
//! parent first, and there are imports that were observed while a module ran.

pub mod check;
mod components;
pub mod index;
mod questions;
mod resolver;

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::ids::{self, IndexVec, id_type};
use crate::imports::{Import, Scan, Scope, Takes, Use};
use crate::layout::tree::{Module, Tree};
use crate::name::{Inflector, ModuleName};

pub(crate) use components::components;
use resolver::Resolver;

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
    /// An attribute of a package, or a name in a call of `import_module`: when it is imported nobody can say.
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

id_type! {
    /// A module of a graph.
    ModuleId
}

/// An edge as the graph keeps it, at its importer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub imported: ModuleId,
    pub kind: EdgeKind,
    pub line: u32,
    pub names: Vec<String>,
}

impl Link {
    /// Whether Python ever executes it.
    pub fn is_executed(&self) -> bool {
        self.kind != EdgeKind::TypeChecking
    }
}

/// An import that was seen while a module ran: importer, imported, line.
pub type Observation = (String, String, u32);

/// The import graph of a tree.
#[derive(Debug, Default)]
pub struct Graph {
    modules: IndexVec<ModuleId, Module>,
    ids: FxHashMap<ModuleName, ModuleId>,
    /// What each module imports, by line.
    links: IndexVec<ModuleId, Vec<Link>>,
    /// The modules in the order of their names.
    sorted: Vec<ModuleId>,
    /// Who imports each module, sorted; not for type checkers alone.
    importers: IndexVec<ModuleId, Vec<ModuleId>>,
}

impl Graph {
    /// Builds the graph of a tree. `scans` has what each file imports, by path; a file that it has not got imports nothing.
    #[must_use]
    pub fn build(
        tree: &Tree,
        inflector: &Inflector,
        scans: &FxHashMap<String, Scan<'static>>,
        observed: &BTreeSet<Observation>,
    ) -> Self {
        let mut graph = Self::default();
        for module in tree.modules() {
            let name = module.name.clone();
            graph.ids.insert(name, graph.modules.push(module));
        }
        let mut resolver = Resolver::new(tree, inflector);
        graph.links = graph.modules.ids().map(|id| graph.links_of(id, &mut resolver, scans, observed)).collect();
        let mut sorted: Vec<ModuleId> = graph.modules.ids().collect();
        ids::sort(&mut sorted, &|a, b| graph.name(a).cmp(graph.name(b)));
        graph.sorted = sorted;
        graph.index_importers();
        graph
    }

    /// Takes what some modules import anew, after their files have changed or an import was observed. What a package binds decides
    /// whether `from package import name` takes a submodule, so those who import a package are looked at again too; all others stay as
    /// they are.
    pub fn update(
        &mut self,
        names: &BTreeSet<String>,
        tree: &Tree,
        inflector: &Inflector,
        scans: &FxHashMap<String, Scan<'static>>,
        observed: &BTreeSet<Observation>,
    ) {
        let mut ids = BTreeSet::new();
        for id in names.iter().filter_map(|name| self.id(name)) {
            ids.insert(id);
            if self.modules.at(id).is_package {
                ids.extend(self.importers(id));
            }
        }
        let mut resolver = Resolver::new(tree, inflector);
        for id in ids {
            self.relink(id, self.links_of(id, &mut resolver, scans, observed));
        }
    }

    fn relink(&mut self, id: ModuleId, links: Vec<Link>) {
        let before = std::mem::replace(self.links.at_mut(id), links);
        for link in before {
            self.importers.at_mut(link.imported).retain(|importer| *importer != id);
        }
        for link in self.links.at(id).iter().filter(|link| link.is_executed()) {
            let importers = self.importers.at_mut(link.imported);
            if let Err(at) = importers.binary_search(&id) {
                importers.insert(at, id);
            }
        }
    }

    /// The id of a module.
    pub(crate) fn id(&self, name: &str) -> Option<ModuleId> {
        self.ids.get(name).copied()
    }

    /// How many modules there are.
    pub(crate) fn len(&self) -> u32 {
        self.modules.len()
    }

    pub(crate) fn name(&self, id: ModuleId) -> &ModuleName {
        &self.modules.at(id).name
    }

    /// What a module imports, by line.
    pub(crate) fn links(&self, id: ModuleId) -> &[Link] {
        self.links.at(id)
    }

    /// Who imports a module, sorted; not for type checkers alone.
    pub(crate) fn importers(&self, id: ModuleId) -> &[ModuleId] {
        self.importers.at(id)
    }

    fn index_importers(&mut self) {
        let mut importers: IndexVec<ModuleId, Vec<ModuleId>> = IndexVec::filled(self.len(), Vec::new());
        for (id, links) in self.links.pairs() {
            for link in links.iter().filter(|link| link.is_executed()) {
                let of = importers.at_mut(link.imported);
                if of.last() != Some(&id) {
                    of.push(id);
                }
            }
        }
        self.importers = importers;
    }

    fn links_of(
        &self,
        id: ModuleId,
        resolver: &mut Resolver<'_>,
        scans: &FxHashMap<String, Scan<'static>>,
        observed: &BTreeSet<Observation>,
    ) -> Vec<Link> {
        let mut links = Vec::new();
        let name = self.name(id);
        if let Some(parent) = name.parent()
            && let Some(&imported) = self.ids.get(parent)
        {
            links.push(Link { imported, kind: EdgeKind::Parent, line: 0, names: Vec::new() });
        }
        let module = self.modules.at(id);
        if let Some(scan) = scans.get(&module.path) {
            for import in &scan.imports {
                self.resolve(id, module.is_package, import, resolver, scans, &mut links);
            }
            for used in &scan.uses {
                self.follow(id, used, resolver, &mut links);
            }
        }
        let from = (name.to_string(), String::new(), 0);
        for (_, imported, line) in observed.range(from..).take_while(|(importer, ..)| name == importer.as_str()) {
            if let Some(imported) = self.id(imported)
                && imported != id
                && !links.iter().any(|link| link.imported == imported && link.is_executed())
            {
                links.push(Link { imported, kind: EdgeKind::Observed, line: *line, names: Vec::new() });
            }
        }
        links
    }

    /// Adds the links of one import statement: to the module that it names, to those above it, and to the submodules it takes.
    fn resolve(
        &self,
        id: ModuleId,
        is_package: bool,
        import: &Import<'_>,
        resolver: &mut Resolver<'_>,
        scans: &FxHashMap<String, Scan<'static>>,
        links: &mut Vec<Link>,
    ) {
        let kind = match import.context {
            context if context.type_checking => EdgeKind::TypeChecking,
            context if context.lazy || context.scope == Scope::Function => EdgeKind::Deferred,
            _ => EdgeKind::Import,
        };
        let mut add = |imported: ModuleId, names: Vec<String>| {
            if imported != id {
                links.push(Link { imported, kind, line: import.line, names });
            }
        };
        let Some(base) = base_of(self.name(id), is_package, import.level) else { return };
        let mut current = base.to_owned();
        let mut found = self.ids.get(base).copied();
        for part in import.module.split('.').filter(|part| !part.is_empty()) {
            let Some((next, id)) = resolver.child(&self.ids, &current, part) else {
                // What stands above a missing module is imported before it is missed.
                if let (Some(above), false) = (found, matches!(import.takes, Takes::Module { .. })) {
                    add(above, Vec::new());
                }
                return;
            };
            current = next;
            found = Some(id);
            if let Takes::Module { .. } = &import.takes {
                add(id, Vec::new());
            }
        }
        let names: &[_] = match &import.takes {
            Takes::Module { .. } => return,
            Takes::Star => {
                if let Some(found) = found {
                    add(found, vec!["*".to_owned()]);
                }
                return;
            }
            Takes::Names(names) => names,
        };
        let target = found.map(|id| self.modules.at(id));
        let body = target.and_then(|module| scans.get(&module.path));
        let can_have_children = target.is_none_or(|module| module.is_package);
        let mut own = Vec::new();
        for taken in names {
            let is_bound = body.is_some_and(|scan| scan.bindings.iter().any(|binding| binding.name == taken.name));
            // What a package binds itself hides the submodule of that name, unless the binding is the submodule.
            let is_hidden = !can_have_children || (is_bound && !imports_below(body, &taken.name));
            match (!is_hidden).then(|| resolver.child(&self.ids, &current, &taken.name)).flatten() {
                Some((_, below)) => add(below, vec![taken.name.to_string()]),
                None => own.push(taken.name.to_string()),
            }
        }
        if let Some(found) = found {
            add(found, own);
        }
    }

    /// Adds the link to the module that a chain of attributes leads to.
    fn follow(&self, id: ModuleId, used: &Use, resolver: &mut Resolver<'_>, links: &mut Vec<Link>) {
        let mut current = used.package.clone();
        let mut found = None;
        for attribute in &used.attributes {
            let Some((next, below)) = resolver.child(&self.ids, &current, attribute) else { break };
            current = next;
            found = Some(below);
        }
        if let Some(imported) = found
            && imported != id
            && !links.iter().any(|link| link.imported == imported && link.is_executed())
        {
            links.push(Link { imported, kind: EdgeKind::Attribute, line: used.line, names: Vec::new() });
        }
    }
}

/// The name that a relative import counts from; the top level for an absolute one. None where it leaves the top level.
pub(crate) fn base_of(importer: &str, is_package: bool, level: u32) -> Option<&str> {
    if level == 0 {
        return Some("");
    }
    let mut base = importer;
    for _ in u32::from(is_package)..level {
        base = base.rsplit_once('.')?.0;
    }
    Some(base)
}

/// Whether a package's body imports its own submodule of a name: `from . import user`.
fn imports_below(body: Option<&Scan<'_>>, name: &str) -> bool {
    body.is_some_and(|scan| {
        scan.imports.iter().any(|import| {
            import.level == 1
                && import.module.is_empty()
                && matches!(&import.takes, Takes::Names(names) if names.iter().any(|taken| taken.name == name))
        })
    })
}

#[cfg(test)]
mod tests;
