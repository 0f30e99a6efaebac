//! What the files of a tree import and bind, read when somebody asks and kept until a file may have changed; and the graph over it.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::error::Result;
use crate::graph::{Graph, Observation};
use crate::imports::{self, Scan};
use crate::inflector::Inflector;
use crate::source::Source;
use crate::tree::Tree;
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

    /// Forgets which modules there are, and keeps what their files import.
    pub fn forget_names(&mut self) {
        let graph = self.graph.take();
        if self.keeps_history && self.history.is_none() {
            self.history = graph;
        }
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
                self.read(vfs, &module.path);
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
                self.take(format!("{dir}/{name}"), read);
            }
        }
    }

    fn read(&mut self, vfs: &dyn Vfs, path: &str) {
        self.scans.remove(path);
        self.faults.remove(path);
        // A namespace's directory has no source.
        if path.strip_suffix(".py").is_none() {
            return;
        }
        self.take(path.to_owned(), vfs.read(path));
    }

    fn take(&mut self, path: String, read: Result<Vec<u8>>) {
        let fault = match read {
            Ok(bytes) => match Source::decode(&bytes) {
                Ok(source) => {
                    self.scans.insert(path, imports::scan(&source).into_owned());
                    return;
                }
                Err(problem) => format!("line {}: {}", problem.line, problem.message),
            },
            Err(error) => error.message,
        };
        self.faults.insert(path, fault);
    }
}
