//! The links of one module: from the import statements and attribute chains of its file, and from imports that were observed.

use std::collections::BTreeSet;

use crate::graph::files::{Files, ReadFile};
use crate::graph::resolver::{ModuleId, Resolver, Start};
use crate::graph::{EdgeKind, Observation};
use crate::imports::{Import, Scope, Takes, Use};
use crate::layout::walk::is_source;

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

    /// Whether only type checkers see it.
    pub fn is_for_checkers(&self) -> bool {
        !self.is_executed()
    }
}

/// The sources of links.
#[derive(Clone, Copy)]
pub(super) struct Linker<'a> {
    pub resolver: Resolver<'a>,
    pub files: &'a Files,
    pub observed: &'a BTreeSet<Observation>,
}

impl Linker<'_> {
    /// The links of a module, by line.
    pub fn links_of(self, id: ModuleId) -> Vec<Link> {
        let modules = self.resolver.modules;
        let mut links = Vec::new();
        if let Some(imported) = modules.parent(id) {
            links.push(Link { imported, kind: EdgeKind::Parent, line: 0, names: Vec::new() });
        }
        // A statement that leads to the module makes another link to it redundant.
        let link = |to: Option<ModuleId>, kind: EdgeKind, line: u32, links: &mut Vec<Link>| {
            if let Some(imported) = to
                && imported != id
                && !links.iter().any(|link| link.imported == imported && link.is_executed())
            {
                links.push(Link { imported, kind, line, names: Vec::new() });
            }
        };
        let module = modules.at(id);
        if let Some(file) = self.files.get(&module.path) {
            for import in &file.outline.imports {
                self.resolve(id, import, &mut links);
            }
            for used in &file.uses {
                link(self.follow(used), EdgeKind::Attribute, used.line, &mut links);
            }
        }
        // What was observed is of an earlier module of that name: a namespace package runs nothing.
        if !is_source(&module.path) {
            return links;
        }
        let from = (module.name.to_string(), String::new(), 0);
        let observed = self.observed.range(from..).take_while(|(name, ..)| module.name == name.as_str());
        for (_, imported, line) in observed {
            link(modules.id(imported), EdgeKind::Observed, *line, &mut links);
        }
        links
    }

    /// Adds the links of one import statement: to the module that it names, to those above it, and to the submodules it takes.
    fn resolve(self, id: ModuleId, import: &Import<'_>, links: &mut Vec<Link>) {
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
        let mut found = match self.resolver.modules.start(id, import.level) {
            Start::TopLevel => None,
            Start::Package(package) => Some(package),
            Start::Beyond => return,
        };
        for part in import.module.split('.').filter(|part| !part.is_empty()) {
            let Some(next) = self.resolver.child(found, part) else {
                // What stands above a missing module is imported before it is missed.
                if let (Some(above), false) = (found, matches!(import.takes, Takes::Module { .. })) {
                    add(above, Vec::new());
                }
                return;
            };
            found = Some(next);
            if let Takes::Module { .. } = &import.takes {
                add(next, Vec::new());
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
        let body = found.and_then(|id| self.files.get(&self.resolver.modules.at(id).path));
        let mut own = Vec::new();
        for taken in names {
            match self.submodule(found, body, &taken.name) {
                Some(below) => add(below, vec![taken.name.to_string()]),
                None => own.push(taken.name.to_string()),
            }
        }
        if let Some(found) = found {
            add(found, own);
        }
    }

    /// The submodule that `from package import name` takes. What a package binds itself shadows the submodule of that name, unless the
    /// binding is the submodule.
    fn submodule(self, package: Option<ModuleId>, body: Option<&ReadFile>, name: &str) -> Option<ModuleId> {
        let is_shadowed = body.is_some_and(|body| body.binds(name) && !body.imports_below(name));
        if is_shadowed { None } else { self.resolver.child(package, name) }
    }

    /// The module that a chain of attributes leads to.
    fn follow(self, used: &Use) -> Option<ModuleId> {
        let mut current = match used.package.as_str() {
            "" => None,
            package => Some(self.resolver.modules.id(package)?),
        };
        let mut found = None;
        for attribute in &used.attributes {
            let Some(next) = self.resolver.child(current, attribute) else { break };
            current = Some(next);
            found = Some(next);
        }
        found
    }
}
