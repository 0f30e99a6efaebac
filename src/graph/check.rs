//! What is wrong with a project, found without running any of it: the scan's problems, and what the import statements tell.

use std::collections::BTreeMap;

use crate::graph::Edge;
use crate::graph::index::ImportIndex;
use crate::imports::{Import, Takes};
use crate::layout::problem::{self, Problem, ProblemKind};
use crate::layout::tree::{Module, Tree};
use crate::name::Inflector;
use crate::name::join;

/// The problems of a project whose files have been read: those of the scan and those of the sources, by path and line.
#[must_use]
pub fn check(
    tree: &Tree,
    inflector: &Inflector,
    index: &ImportIndex,
    scanned: &[Problem],
    cycles: &[Vec<Edge>],
) -> Vec<Problem> {
    let mut problems = scanned.to_vec();
    problems.extend(index.faults().map(|(path, reason)| Problem::unreadable_source(path.to_owned(), reason)));
    for module in tree.modules() {
        attributes(tree, inflector, &module, &mut problems);
        let Some(scan) = index.scan(&module.path) else { continue };
        for fault in &scan.problems {
            problems.push(Problem::syntax(module.path.clone(), fault.line, &fault.message));
        }
        if !module.is_package {
            expected(tree, inflector, &module, index, &mut problems);
        }
        for import in &scan.imports {
            missing(tree, inflector, &module, import, index, &mut problems);
        }
    }
    problems.extend(cycles.iter().filter_map(|cycle| around(cycle)));
    problem::sort(&mut problems);
    problems.dedup();
    problems
}

/// Two modules of a namespace with one attribute name, and packages without anything in them.
fn attributes(tree: &Tree, inflector: &Inflector, module: &Module, problems: &mut Vec<Problem>) {
    let Some(namespace) = tree.namespace_named(&module.name) else { return };
    let mut stems: Vec<&str> = tree.stems(namespace).collect();
    stems.sort_unstable();
    if stems.is_empty() && module.path.ends_with("/__init__.py") {
        problems.push(Problem::empty_package(module.path.clone(), &module.name));
    }
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for stem in stems {
        let Some(attr) = tree.attribute(&join(&module.name, stem), inflector) else { continue };
        if let Some(first) = taken.get(&attr) {
            let path = tree.get(&join(&module.name, stem)).map(|module| module.path).unwrap_or_default();
            problems.push(Problem::one_attribute(path, &join(&module.name, stem), &join(&module.name, first), &attr));
        } else {
            taken.insert(attr, stem);
        }
    }
}

/// A file that does not define the attribute that it is expected to.
fn expected(tree: &Tree, inflector: &Inflector, module: &Module, index: &ImportIndex, problems: &mut Vec<Problem>) {
    let stem = module.name.rsplit_once('.').map_or(module.name.as_str(), |(_, stem)| stem);
    let attr = tree.attribute(&module.name, inflector);
    let (Some(scan), Some(attr)) = (index.scan(&module.path), attr) else { return };
    let takes_all = scan.imports.iter().any(|import| import.takes == Takes::Star);
    if stem == "__main__" || takes_all || scan.bindings.iter().any(|binding| binding.name == attr) {
        return;
    }
    let names = scan.bindings.iter().map(|binding| binding.name.as_ref());
    problems.push(Problem::attribute(module.path.clone(), &module.name, &attr, nearest(&attr, names)));
}

/// An import of a managed module that there is not.
fn missing(
    tree: &Tree,
    inflector: &Inflector,
    module: &Module,
    import: &Import<'_>,
    index: &ImportIndex,
    problems: &mut Vec<Problem>,
) {
    if import.context.guarded {
        return;
    }
    let Some(base) = crate::graph::base_of(&module.name, module.is_package, import.level) else {
        problems.push(Problem::beyond_top(module.path.clone(), import.line, &module.name, import.level));
        return;
    };
    let mut current = base.to_owned();
    for (at, part) in import.module.split('.').filter(|part| !part.is_empty()).enumerate() {
        let Some(next) = child(tree, inflector, &current, part) else {
            let is_ours = at > 0 || import.level > 0;
            // What a module defines or another finder has is none of ours; a namespace without a body has nothing of its own.
            let body = tree.get(&current).and_then(|module| index.scan(&module.path));
            let is_bound = body.is_some_and(|scan| scan.bindings.iter().any(|binding| binding.name == part));
            if is_ours && !is_bound {
                let stems: Vec<&str> =
                    tree.namespace_named(&current).map(|found| tree.stems(found).collect()).unwrap_or_default();
                let near = nearest(part, stems.into_iter()).map(|stem| join(&current, stem));
                problems.push(Problem::missing_import(module.path.clone(), import.line, &join(&current, part), near));
            }
            return;
        };
        current = next;
    }
    let Takes::Names(names) = &import.takes else { return };
    let Some(target) = tree.get(&current) else { return };
    let scan = index.scan(&target.path);
    // A module can get names in ways that no scan sees: then there is nothing to say.
    let is_open = scan.is_some_and(|scan| {
        scan.bindings.iter().any(|binding| binding.name == "__getattr__")
            || scan.imports.iter().any(|import| import.takes == Takes::Star)
    });
    if is_open || (scan.is_none() && target.path.strip_suffix(".py").is_some()) {
        return;
    }
    for taken in names {
        let name = taken.name.as_ref();
        let is_bound = scan.is_some_and(|scan| scan.bindings.iter().any(|binding| binding.name == name));
        if is_bound || name.starts_with("__") || child(tree, inflector, &current, name).is_some() {
            continue;
        }
        // Only of a namespace all names are known: a module can make more of them while it runs.
        if scan.is_none() {
            let stems: Vec<&str> =
                tree.namespace_named(&current).map(|found| tree.stems(found).collect()).unwrap_or_default();
            let near = nearest(name, stems.into_iter()).map(|stem| join(&current, stem));
            problems.push(Problem::missing_import(module.path.clone(), import.line, &join(&current, name), near));
        }
    }
}

fn child(tree: &Tree, inflector: &Inflector, namespace: &str, part: &str) -> Option<String> {
    if tree.contains(namespace, part) {
        return Some(join(namespace, part));
    }
    tree.aliases(namespace, inflector).get(part).map(|stem| join(namespace, stem))
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
    Some(Problem { name, line, is_information: true, ..problem })
}

/// The candidate that a name was probably meant to be. Case and underscores count for nothing.
fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |word: &str| word.to_lowercase().replace('_', "");
    let wanted = plain(name);
    let scored =
        candidates.map(|candidate| (strsim::normalized_damerau_levenshtein(&wanted, &plain(candidate)), candidate));
    let best = scored.filter(|(score, _)| *score >= 0.6).max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests;
