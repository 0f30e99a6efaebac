//! A cache of what the files of a tree import and bind, and of the graph over them. Files are read on demand, and again when they may have
//! changed.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use crate::error::Result;
use crate::graph::check::check;
use crate::graph::files::{Files, ReadFile};
use crate::graph::resolver::Modules;
use crate::graph::{Graph, ModuleId, Observation};
use crate::imports::source::Source;
use crate::layout::problem::Problem;
use crate::layout::tree::Tree;
use crate::layout::walk::is_source;
use crate::name::Inflector;
use crate::vfs::Vfs;

/// The files of a tree as they were read, and the graph over them.
#[derive(Debug)]
pub struct ImportIndex {
    files: Files,
    /// Why files could not be read, by path.
    faults: BTreeMap<String, String>,
    graph: Option<Graph>,
    /// Modules whose files may have changed since they were read.
    stale: BTreeSet<String>,
    /// Modules whose links may have changed although their files have not.
    unlinked: BTreeSet<String>,
    observed: BTreeSet<Observation>,
    /// Whether the graph from before a new scan is kept for comparison.
    keeps_history: bool,
    history: Option<(Graph, u64)>,
    /// Whether imports that `__lazy_modules__` names are lazy, as from Python 3.15 on.
    heeds_lazy_modules: bool,
}

impl Default for ImportIndex {
    fn default() -> Self {
        Self::new(true)
    }
}

impl ImportIndex {
    fn new(heeds_lazy_modules: bool) -> Self {
        Self {
            files: Files::default(),
            faults: BTreeMap::new(),
            graph: None,
            stale: BTreeSet::new(),
            unlinked: BTreeSet::new(),
            observed: BTreeSet::new(),
            keeps_history: false,
            history: None,
            heeds_lazy_modules,
        }
    }

    /// An empty index of the same settings.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self::new(self.heeds_lazy_modules)
    }

    /// From now on takes no import for a lazy one because `__lazy_modules__` names it.
    pub fn pass_over_lazy_modules(&mut self) {
        self.heeds_lazy_modules = false;
        self.forget_files();
    }

    /// From now on keeps the graph that there was before a new scan, until [`Self::take_history`].
    pub fn keep_history(&mut self, vfs: &dyn Vfs, tree: &Tree, inflector: &Inflector) {
        self.keeps_history = true;
        self.graph(vfs, tree, inflector);
    }

    /// The graph from before the names were forgotten, if one was kept, and how many executions had ended by then.
    pub fn take_history(&mut self) -> Option<(Graph, u64)> {
        self.history.take()
    }

    /// The graph as it was last computed.
    #[must_use]
    pub fn known(&self) -> Option<&Graph> {
        self.graph.as_ref()
    }

    /// Forgets which modules exist, and keeps what their files import. Call it before the names change: `tree` is the one from which a
    /// graph that is kept for comparison is completed first, and `ended` says how many executions have ended.
    pub fn forget_names(&mut self, vfs: &dyn Vfs, tree: &Tree, inflector: &Inflector, ended: u64) {
        if self.keeps_history && self.history.is_none() {
            self.graph(vfs, tree, inflector);
            self.history = self.graph.take().map(|graph| (graph, ended));
        }
        self.graph = None;
    }

    /// Reads all files again when they are needed next.
    pub fn forget_files(&mut self) {
        self.files.clear();
        self.faults.clear();
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

    /// Adds an import that was observed while a module ran.
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
        let graph = if let Some(mut graph) = self.graph.take() {
            for name in stale {
                if let Some(id) = graph.id(&name) {
                    self.read(vfs, graph.modules(), id);
                    changed.insert(name);
                }
            }
            if !changed.is_empty() {
                graph.update(&changed, tree, inflector, &self.files, &self.observed);
            }
            graph
        } else {
            let modules = Modules::of(tree);
            for id in stale.iter().filter_map(|name| modules.id(name)) {
                self.files.remove(&modules.at(id).path);
            }
            self.read_all(vfs, &modules);
            Graph::build(modules, tree, inflector, &self.files, &self.observed)
        };
        self.graph.insert(graph)
    }

    /// The problems of a project: those of the scan, and those of the files that have been read. If `is_strict`, each file has to define
    /// its expected attribute.
    #[must_use]
    pub fn check(&self, tree: &Tree, inflector: &Inflector, scanned: &[Problem], is_strict: bool) -> Vec<Problem> {
        let Some(graph) = &self.graph else { return scanned.to_vec() };
        check(graph.resolver(tree, inflector), self, scanned, &graph.cycles(), is_strict)
    }

    /// What a file imports and binds, as it was read for the graph.
    pub(crate) fn file(&self, path: &str) -> Option<&ReadFile> {
        self.files.get(path)
    }

    /// Files that could not be read or decoded, with the reason.
    pub fn faults(&self) -> impl Iterator<Item = (&str, &str)> {
        self.faults.iter().map(|(path, reason)| (path.as_str(), reason.as_str()))
    }

    fn read_all(&mut self, vfs: &dyn Vfs, modules: &Modules) {
        let paths: FxHashSet<&str> = modules.iter().map(|module| module.path.as_str()).collect();
        self.files.retain(|path, _| paths.contains(path.as_str()));
        self.faults.retain(|path, _| paths.contains(path.as_str()));
        let mut by_dir: BTreeMap<&str, (Vec<&str>, Vec<ModuleId>)> = BTreeMap::new();
        for id in modules.ids() {
            let path = &modules.at(id).path;
            if self.files.get(path).is_some_and(|file| !file.fits(modules, id)) {
                self.files.remove(path);
            }
            if let Some((dir, name)) = path.rsplit_once('/')
                && is_source(name)
                && !self.files.contains_key(path)
            {
                let (names, ids) = by_dir.entry(dir).or_default();
                names.push(name);
                ids.push(id);
            }
        }
        for (dir, (names, ids)) in by_dir {
            for (id, read) in ids.into_iter().zip(vfs.read_files(dir, &names)) {
                self.take(vfs, modules, id, read);
            }
        }
    }

    fn read(&mut self, vfs: &dyn Vfs, modules: &Modules, id: ModuleId) {
        let path = &modules.at(id).path;
        self.files.remove(path);
        // A namespace's directory has no source.
        if is_source(path) {
            self.take(vfs, modules, id, vfs.read(path));
        }
    }

    fn take(&mut self, vfs: &dyn Vfs, modules: &Modules, id: ModuleId, read: Result<Vec<u8>>) {
        let path = modules.at(id).path.clone();
        self.faults.remove(&path);
        let fault = match read {
            Ok(bytes) => match Source::decode(&bytes, vfs.texts()) {
                Ok(source) => {
                    self.files.insert(path, ReadFile::read(&source, vfs.texts(), modules, id, self.heeds_lazy_modules));
                    return;
                }
                Err(problem) => format!("line {}: {}", problem.line, problem.message),
            },
            Err(error) => error.message,
        };
        self.faults.insert(path, fault);
    }
}
