//! What is wrong with a project, found without running any of it: the scan's problems, and what the import statements tell.

mod attributes;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::graph::Edge;
use crate::graph::files::ReadFile;
use crate::graph::index::ImportIndex;
use crate::graph::resolver::{ModuleId, Resolver, Start};
use crate::ids;
use crate::imports::{Import, Takes};
use crate::layout::problem::{self, Problem, ProblemKind, Severity};
use crate::layout::walk::is_source;
use crate::name::{Candidates, join, nearest};

use attributes::Taker;

/// The problems of a project whose files have been read: those of the scan and those of the sources, by path and line. If `is_strict`, each
/// file has to define its expected attribute; otherwise those do whose attribute somebody takes.
pub(crate) fn check(
    resolver: Resolver<'_>,
    index: &ImportIndex,
    scanned: &[Problem],
    cycles: &[Vec<Edge>],
    is_strict: bool,
) -> Vec<Problem> {
    let mut check = Check {
        resolver,
        index,
        is_strict,
        taken: attributes::taken(resolver, index),
        problems: scanned.to_vec(),
        unnameable: unnameable(scanned),
        siblings: FxHashMap::default(),
        meant: FxHashMap::default(),
    };
    check.problems.extend(index.faults().map(|(path, reason)| Problem::unreadable_source(path.to_owned(), reason)));
    check.one_attribute(None);
    for id in resolver.modules.ids() {
        check.module(id);
    }
    check.problems.extend(cycles.iter().filter_map(|cycle| around(cycle)));
    let mut problems = problem::sorted(check.problems);
    problems.dedup();
    problems
}

/// A check under way.
struct Check<'a> {
    resolver: Resolver<'a>,
    index: &'a ImportIndex,
    is_strict: bool,
    /// Who takes the expected attributes of modules.
    taken: FxHashMap<ModuleId, Taker>,
    problems: Vec<Problem>,
    /// Why files cannot be named that imports seem to ask for, by the name that these write.
    unnameable: BTreeMap<String, String>,
    /// The stems of each package in which something is missing.
    siblings: FxHashMap<Option<ModuleId>, Candidates<'a>>,
    /// Suggestions so far, by package and missing word.
    meant: FxHashMap<(Option<ModuleId>, &'a str), Option<&'a str>>,
}

impl<'a> Check<'a> {
    fn file(&self, id: ModuleId) -> Option<&'a ReadFile> {
        self.index.file(&self.resolver.modules.at(id).path)
    }

    fn module(&mut self, id: ModuleId) {
        let module = self.resolver.modules.at(id);
        if module.is_package {
            self.empty_package(id);
            self.one_attribute(Some(id));
        }
        let Some(file) = self.file(id) else { return };
        for fault in &file.outline.problems {
            self.problems.push(Problem::syntax(module.path.clone(), fault.line, &fault.message));
        }
        if !module.is_package {
            self.attribute(id, file);
        }
        for import in &file.outline.imports {
            self.import(id, import);
        }
    }

    /// A package without anything in it.
    fn empty_package(&mut self, id: ModuleId) {
        let package = self.resolver.modules.at(id);
        if package.path.ends_with("/__init__.py") && self.resolver.modules.children(Some(id)).next().is_none() {
            self.problems.push(Problem::empty_package(package.path.clone(), &package.name));
        }
    }

    /// Two modules of a package, or of the top level, with one attribute name.
    fn one_attribute(&mut self, above: Option<ModuleId>) {
        let modules = self.resolver.modules;
        let mut children: Vec<ModuleId> = modules.children(above).map(|(_, child)| child).collect();
        ids::sort(&mut children, &|a, b| modules.name(a).cmp(modules.name(b)));
        let mut taken: FxHashMap<String, ModuleId> = FxHashMap::default();
        for child in children {
            let Some(attr) = self.resolver.attribute(child) else { continue };
            let Some(first) = taken.get(&attr) else {
                taken.insert(attr, child);
                continue;
            };
            let module = modules.at(child);
            let problem = Problem::one_attribute(module.path.clone(), &module.name, modules.name(*first), &attr);
            self.problems.push(problem);
        }
    }

    /// A file that does not define its expected attribute, though it has to.
    fn attribute(&mut self, id: ModuleId, file: &ReadFile) {
        let modules = self.resolver.modules;
        let module = modules.at(id);
        let taker = self.taken.get(&id);
        if taker.is_none() && !self.is_strict {
            return;
        }
        let Some(attr) = self.resolver.attribute(id) else { return };
        let takes_all = file.outline.imports.iter().any(|import| import.takes == Takes::Star);
        // With `__getattr__` a module has names that nobody can read from its source.
        if module.name.stem() == "__main__" || takes_all || file.binds(&attr) || file.binds("__getattr__") {
            return;
        }
        let names = file.outline.bindings.iter().map(|binding| &*binding.name);
        let near = nearest(&attr, names);
        let taker = taker.map(|taker| (modules.at(taker.module).path.as_str(), taker.line));
        self.problems.push(Problem::attribute(module.path.clone(), &module.name, &attr, near, taker));
    }

    /// An import of a managed module that does not exist.
    fn import(&mut self, id: ModuleId, import: &'a Import<'_>) {
        if import.context.guarded {
            return;
        }
        let modules = self.resolver.modules;
        let mut found = match modules.start(id, import.level) {
            Start::TopLevel => None,
            Start::Package(package) => Some(package),
            Start::Beyond => {
                let module = modules.at(id);
                let problem = Problem::beyond_top(module.path.clone(), import.line, &module.name, import.level);
                self.problems.push(problem);
                return;
            }
        };
        for (at, part) in import.module.split('.').filter(|part| !part.is_empty()).enumerate() {
            let Some(next) = self.resolver.child(found, part) else {
                let is_ours = at > 0 || import.level > 0;
                // Names that a module defines, and modules of other finders, are not missing.
                let is_bound = found.and_then(|id| self.file(id)).is_some_and(|file| file.binds(part));
                if is_ours && !is_bound {
                    self.missing(id, import.line, found, part);
                }
                return;
            };
            found = Some(next);
        }
        let (Takes::Names(names), Some(target)) = (&import.takes, found) else { return };
        // All names are known only for a namespace without a body: a module can add names while it runs.
        if is_source(&modules.at(target).path) {
            return;
        }
        for taken in names {
            if !taken.name.starts_with("__") && self.resolver.child(found, &taken.name).is_none() {
                self.missing(id, import.line, found, &taken.name);
            }
        }
    }

    fn missing(&mut self, importer: ModuleId, line: u32, above: Option<ModuleId>, part: &'a str) {
        let modules = self.resolver.modules;
        let namespace = above.map_or("", |id| modules.name(id));
        let path = modules.at(importer).path.clone();
        let name = join(namespace, part);
        if let Some(because) = self.unnameable.get(&name) {
            self.problems.push(Problem::unnameable_import(path, line, &name, because));
            return;
        }
        let near = *self.meant.entry((above, part)).or_insert_with(|| {
            let stems = || modules.children(above).map(|(stem, _)| stem).collect();
            self.siblings.entry(above).or_insert_with(stems).nearest(part)
        });
        let near = near.map(|stem| join(namespace, stem));
        self.problems.push(Problem::missing_import(path, line, &name, near));
    }
}

/// The names that imports would ask for files by whose own names are not normal, with the scan's words about each.
fn unnameable(scanned: &[Problem]) -> BTreeMap<String, String> {
    let mut unnameable = BTreeMap::new();
    for problem in scanned.iter().filter(|problem| problem.kind == ProblemKind::NotAnIdentifier) {
        if let Some(name) = &problem.name {
            unnameable.insert(name.clone(), problem.message.clone());
        }
    }
    unnameable
}

/// An import cycle, as information; none for a chain without a step.
fn around(cycle: &[Edge]) -> Option<Problem> {
    let first = cycle.first()?;
    let steps: Vec<String> =
        cycle.iter().map(|edge| format!("{} ({}:{})", edge.importer, edge.path, edge.line)).collect();
    let message = format!(
        "{} imports itself through {} → {}: Python allows it, but a name may not be there yet when it is taken; import in \
         the function that needs it, or move what both need to a module of its own",
        first.importer,
        steps.join(" → "),
        first.importer
    );
    let line = Some(first.line);
    let name = Some(first.importer.to_string());
    let problem = Problem::new(ProblemKind::Cycle, first.path.clone(), message);
    Some(Problem { name, line, severity: Severity::Information, ..problem })
}

#[cfg(test)]
mod tests;
