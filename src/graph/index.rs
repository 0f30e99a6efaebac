//! What the files of a tree import and bind, read when somebody asks and kept until a file may have changed; and the graph over it.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::error::Result;
use crate::graph::{Graph, Observation, base_of};
use crate::imports::source::Source;
use crate::imports::{self, Scan, Takes, Use};
use crate::layout::tree::Tree;
use crate::name::Inflector;
use crate::name::join;
use crate::vfs::Vfs;

/// The import statements of a tree.
#[derive(Debug, Default)]
pub struct ImportIndex {
    scans: FxHashMap<String, Scan<'static>>,
    /// Why files could not be read, by path.
    faults: BTreeMap<String, String>,
    graph: Option<Graph>,
    /// Modules whose files may have changed since they were read.
    stale: BTreeSet<String>,
    /// Modules whose links may be others, though their files are the same.
    unlinked: BTreeSet<String>,
    observed: BTreeSet<Observation>,
    /// Whether the graph from before a new scan is kept, for who wants to compare.
    keeps_history: bool,
    history: Option<Graph>,
}

impl ImportIndex {
    /// From now on keeps the graph that there was before a new scan, until [`Self::take_history`].
    pub fn keep_history(&mut self, vfs: &dyn Vfs, tree: &Tree, inflector: &Inflector) {
        self.keeps_history = true;
        self.graph(vfs, tree, inflector);
    }

    /// The graph from before the names were forgotten, if they were.
    pub fn take_history(&mut self) -> Option<Graph> {
        self.history.take()
    }

    /// The graph as it was when somebody asked last.
    #[must_use]
    pub fn known(&self) -> Option<&Graph> {
        self.graph.as_ref()
    }

    /// Forgets which modules there are, and keeps what their files import. `tree` is what they were found in; a graph that is kept has
    /// all that was told of until now.
    pub fn forget_names(&mut self, vfs: &dyn Vfs, tree: &Tree, inflector: &Inflector) {
        if self.keeps_history && self.history.is_none() {
            self.graph(vfs, tree, inflector);
            self.history = self.graph.take();
        }
        self.graph = None;
    }

    /// Reads a module's file again when it is needed next.
    pub fn forget(&mut self, name: &str) {
        self.stale.insert(name.to_owned());
    }

    /// Forgets the imports that were observed while a module ran, before it has run again.
    pub fn forget_observed(&mut self, name: &str) {
        let from = (name.to_owned(), String::new(), 0);
        let of_it: Vec<Observation> =
            self.observed.range(from..).take_while(|(importer, ..)| importer == name).cloned().collect();
        for import in of_it {
            self.observed.remove(&import);
            self.unlinked.insert(import.0);
        }
    }

    /// Takes an import that was seen while a module ran.
    pub fn observe(&mut self, import: Observation) {
        let importer = import.0.clone();
        if self.observed.insert(import) {
            self.unlinked.insert(importer);
        }
    }

    /// The graph, up to date. Reads the files that are new or stale, and no other.
    pub fn graph(&mut self, vfs: &dyn Vfs, tree: &Tree, inflector: &Inflector) -> &Graph {
        let stale = std::mem::take(&mut self.stale);
        let mut changed = std::mem::take(&mut self.unlinked);
        for name in stale {
            if let Some(module) = tree.get(&name) {
                self.read(vfs, tree, &module.path);
                changed.insert(name);
            }
        }
        let graph = if let Some(mut graph) = self.graph.take() {
            if !changed.is_empty() {
                graph.update(&changed, tree, inflector, &self.scans, &self.observed);
            }
            graph
        } else {
            self.read_all(vfs, tree);
            Graph::build(tree, inflector, &self.scans, &self.observed)
        };
        self.graph.insert(graph)
    }

    /// What a file imports and binds, as it was read for the graph.
    #[must_use]
    pub fn scan(&self, path: &str) -> Option<&Scan<'static>> {
        self.scans.get(path)
    }

    /// Files that could not be read or decoded, with the reason.
    pub fn faults(&self) -> impl Iterator<Item = (&str, &str)> {
        self.faults.iter().map(|(path, reason)| (path.as_str(), reason.as_str()))
    }

    fn read_all(&mut self, vfs: &dyn Vfs, tree: &Tree) {
        let paths: BTreeSet<String> = tree.modules().map(|module| module.path).collect();
        self.scans.retain(|path, _| paths.contains(path));
        self.faults.retain(|path, _| paths.contains(path));
        let mut by_dir: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in paths.iter().filter(|path| !self.scans.contains_key(*path)) {
            if let Some((dir, name)) = path.rsplit_once('/')
                && name.strip_suffix(".py").is_some()
            {
                by_dir.entry(dir).or_default().push(name);
            }
        }
        for (dir, names) in by_dir {
            for (name, read) in names.iter().zip(vfs.read_files(dir, &names)) {
                self.take(tree, format!("{dir}/{name}"), read);
            }
        }
    }

    fn read(&mut self, vfs: &dyn Vfs, tree: &Tree, path: &str) {
        self.scans.remove(path);
        self.faults.remove(path);
        // A namespace's directory has no source.
        if path.strip_suffix(".py").is_none() {
            return;
        }
        self.take(tree, path.to_owned(), vfs.read(path));
    }

    fn take(&mut self, tree: &Tree, path: String, read: Result<Vec<u8>>) {
        let fault = match read {
            Ok(bytes) => match Source::decode(&bytes) {
                Ok(source) => {
                    let mut scan = imports::scan(&source);
                    scan.uses = uses(tree, &path, source.text(), &scan);
                    let scan = scan.into_owned();
                    self.scans.insert(path, scan);
                    return;
                }
                Err(problem) => format!("line {}: {}", problem.line, problem.message),
            },
            Err(error) => error.message,
        };
        self.faults.insert(path, fault);
    }
}

/// What a file reaches through attributes of the packages that it imports, and by name. A file that imports no package of the tree, as
/// most do, is not read for it.
fn uses(tree: &Tree, path: &str, text: &str, scan: &Scan<'_>) -> Vec<Use> {
    let own = LazyCell::new(|| tree.name_at(path).and_then(|name| tree.get(&name)));
    let package_at = |level| match level {
        0 => Some(String::new()),
        _ => own.as_ref().and_then(|own| base_of(&own.name, own.is_package, level)).map(str::to_owned),
    };
    let is_package = |name: &str| tree.namespace_named(name).is_some();
    let mut roots: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, package: String| {
        if is_package(&package) && !roots.iter().any(|(known, _)| known == name) {
            roots.push((name.to_owned(), package));
        }
    };
    let mut imports_by_name = false;
    for import in scan.imports.iter().filter(|import| !import.context.type_checking) {
        imports_by_name |= import.level == 0 && import.module == "importlib";
        // Only a package has packages in it, and most imports are of none of ours.
        let package = match import.level {
            0 => Cow::Borrowed(&*import.module),
            level => Cow::Owned(package_at(level).map_or_else(String::new, |base| join(&base, &import.module))),
        };
        match &import.takes {
            Takes::Module { alias: Some(alias) } => add(alias, package.into_owned()),
            Takes::Module { alias: None } => {
                let top = import.module.split('.').next().unwrap_or_default();
                add(top, top.to_owned());
            }
            Takes::Names(names) if is_package(&package) => {
                for taken in names {
                    add(taken.alias.as_deref().unwrap_or(&taken.name), join(&package, &taken.name));
                }
            }
            Takes::Names(_) | Takes::Star => {}
        }
    }
    if roots.is_empty() && !imports_by_name { Vec::new() } else { imports::uses(text, scan, &roots, package_at) }
}
