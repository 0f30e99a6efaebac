//! The one interface that both bindings expose: configuration in, answers out, over a filesystem that the binding brings.
//!
//! Python speaks to it, through every door, with [`Engine::request`], which `requests` has.

mod requests;

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::graph::index::ImportIndex;
use crate::layout::problem::Problem;
use crate::layout::rules::Patterns;
use crate::layout::standard_library;
use crate::layout::walk::{Layout, Root};
use crate::name::{Inflector, ModuleName};
use crate::protocol::answer::Summary;
use crate::protocol::options::Options;
use crate::reload::Planner;
use crate::reload::registry::{ModuleRecord, Registry};
use crate::vfs::{self, Kind, Vfs, normal};

/// Everything behind one loader.
///
/// ```
/// use pyautoload_wasm::{Engine, vfs::MemoryVfs};
/// let files = MemoryVfs::from_iter([("/app/models/html_parser.py", "")]);
/// let mut engine = Engine::new(files);
/// engine.push_dir("/app", "myapp")?;
/// engine.scan()?;
/// let record = engine.record("myapp.models.html_parser").ok_or("not found")?;
/// assert_eq!(record.attribute.as_deref(), Some("HtmlParser"));
/// assert!(engine.push_dir("/missing", "myapp").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Engine<V> {
    pub(crate) vfs: V,
    pub(crate) layout: Layout,
    pub(crate) inflector: Inflector,
    pub(crate) registry: Registry,
    pub(crate) index: ImportIndex,
    /// What is not reloaded.
    pub(crate) kept: Patterns,
    /// Whether each file has to define its expected attribute.
    pub(crate) is_strict: bool,
    /// Whether a configuration has allowed top-level modules to have names of the standard library.
    allows_shadowing: bool,
}

impl<V: Vfs> Engine<V> {
    /// An engine over a filesystem, without roots.
    pub fn new(vfs: V) -> Self {
        Self {
            vfs,
            layout: Layout::default(),
            inflector: Inflector::default(),
            registry: Registry::default(),
            index: ImportIndex::default(),
            kept: Patterns::default(),
            is_strict: false,
            allows_shadowing: false,
        }
    }

    /// Adds a root: an absolute directory and a dotted name, empty for the top level.
    ///
    /// # Errors
    /// A configuration error where there is no such directory, the name is no module's, or the directory is a root already, however it was
    /// spelled.
    pub fn push_dir(&mut self, dir: &str, namespace: &str) -> Result<()> {
        let namespace = match namespace {
            "" => ModuleName::top_level(),
            name => ModuleName::new(&self.normal(name))?,
        };
        let dir = &*vfs::plain(dir);
        if dir.is_empty() {
            return Err(Error::configuration(
                "the base path is empty: pass the folder that holds your modules".to_owned(),
            ));
        }
        match self.vfs.kind(dir) {
            Kind::Dir => {}
            Kind::File => {
                return Err(Error::configuration(format!(
                    "the base path {dir} is a file: pass the folder that holds your modules"
                )));
            }
            _ => {
                return Err(Error::configuration(format!(
                    "the base path {dir} does not exist: create the folder first, or correct the path"
                )));
            }
        }
        if let Some(root) = self.layout.roots.iter().find(|root| root.dir == dir) {
            return Err(Error::configuration(format!(
                "{dir} is a root already, for {}: push each folder once",
                shown(&root.namespace)
            )));
        }
        self.layout.roots.push(Root { dir: dir.to_owned(), namespace });
        Ok(())
    }

    /// Takes a whole configuration. What was switched on before stays so. Top-level modules may not have a name of the standard library,
    /// unless an option allows it.
    ///
    /// # Errors
    /// A configuration error for the first option that is wrong, or that needs a Python; the options before it stay in force.
    pub fn configure(&mut self, options: &Options) -> Result<()> {
        options.refuse_what_needs_python()?;
        self.is_strict |= options.strict;
        self.allows_shadowing |= options.allow_shadowing;
        self.layout.reserved = if self.allows_shadowing { BTreeMap::new() } else { standard_library() };
        for word in &options.acronyms {
            self.acronym(word)?;
        }
        for (stem, attr) in &options.inflect {
            self.inflect(stem, attr)?;
        }
        for pattern in &options.ignore {
            self.layout.rules.ignore.add("ignore", pattern)?;
        }
        for pattern in &options.collapse {
            self.layout.rules.collapse.add("collapse", pattern)?;
        }
        for pattern in &options.do_not_eager_load {
            self.layout.rules.lazy.add("do_not_eager_load", pattern)?;
        }
        for pattern in &options.do_not_reload {
            self.kept.add("do_not_reload", pattern)?;
        }
        if let Some(dir) = &options.base_path {
            self.push_dir(dir, options.top_level.as_deref().unwrap_or_default())?;
        }
        options.roots.iter().try_for_each(|root| self.push_dir(&root.dir, &root.namespace))
    }

    /// Scans all roots, in place of what was known before. Files are read again when somebody asks what they import.
    ///
    /// # Errors
    /// A filesystem error where a root cannot be read; what was known before stays.
    pub fn scan(&mut self) -> Result<Summary> {
        let summary = self.scan_names()?;
        self.index.forget_files();
        Ok(summary)
    }

    /// Scans all roots, and keeps what files import: Python says which of them have changed.
    fn scan_names(&mut self) -> Result<Summary> {
        self.registry.scan(&self.vfs, &self.layout, &self.inflector, &mut self.index)?;
        let tree = self.registry.tree();
        let top_level: Vec<&str> =
            tree.namespace_named("").map(|namespace| tree.stems(namespace).collect()).unwrap_or_default();
        Ok(Summary {
            modules: tree.len(),
            directories: tree.dirs.len() as usize,
            problems: self.problems().len(),
            links: tree.links.clone(),
            top_level: top_level.join(" "),
        })
    }

    /// Forgets what names lead to, before they lead elsewhere.
    fn forget_names(&mut self) {
        self.index.forget_names(&self.vfs, self.registry.tree(), &self.inflector, self.registry.ended());
    }

    /// The inflector, to change it: then names lead elsewhere.
    fn inflector_mut(&mut self) -> &mut Inflector {
        self.forget_names();
        &mut self.inflector
    }

    /// Sets the attribute name of one stem.
    ///
    /// # Errors
    /// Those of [`Inflector::inflect`].
    pub fn inflect(&mut self, stem: &str, attr: &str) -> Result<()> {
        let (stem, attr) = (self.normal(stem), self.normal(attr));
        self.inflector_mut().inflect(&stem, &attr)
    }

    /// Sets how a word between underscores is written.
    ///
    /// # Errors
    /// Those of [`Inflector::acronym`].
    pub fn acronym(&mut self, word: &str) -> Result<()> {
        let word = self.normal(word);
        self.inflector_mut().acronym(&word)
    }

    /// A name as Python has it once it is parsed.
    fn normal(&self, name: &str) -> String {
        normal(self.vfs.texts(), name).into_owned()
    }

    /// The import graph. Reads the files that it has not read, or that may have changed.
    pub fn graph(&mut self) -> &Graph {
        self.index.graph(&self.vfs, self.registry.tree(), &self.inflector)
    }

    /// What is wrong with the project, without running any of it, by path and line.
    pub fn check(&mut self) -> Vec<Problem> {
        self.graph();
        self.index.check(self.registry.tree(), &self.inflector, self.problems(), self.is_strict)
    }

    /// The record of a module.
    pub fn record(&mut self, name: &str) -> Option<ModuleRecord> {
        let mut record = self.registry.record(name, &self.inflector)?;
        let graph = self.graph();
        record.dependencies = owned(graph.dependencies(name, false));
        record.dependents = owned(graph.dependents(name, false));
        Some(record)
    }

    /// The records of all modules, parents first.
    pub fn records(&mut self) -> Vec<ModuleRecord> {
        let mut records = self.registry.records(&self.inflector);
        let graph = self.graph();
        for record in &mut records {
            record.dependencies = owned(graph.dependencies(&record.name, false));
            record.dependents = owned(graph.dependents(&record.name, false));
        }
        records
    }

    /// What is to be done after files have changed.
    fn planner(&mut self) -> Planner<'_> {
        let Self { vfs, layout, inflector, registry, index, kept, .. } = self;
        Planner { vfs, layout, inflector, kept, registry, index }
    }

    /// The problems of the last scan, by path.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        self.registry.problems()
    }

    /// The attribute names of a namespace's modules that are not stems themselves. Where two stems have one, the first has it.
    #[must_use]
    pub fn aliases(&self, name: &str) -> BTreeMap<String, String> {
        self.registry.tree().aliases(name, &self.inflector)
    }
}

fn owned(names: Vec<&ModuleName>) -> Vec<ModuleName> {
    names.into_iter().cloned().collect()
}

fn shown(namespace: &ModuleName) -> String {
    match namespace.as_str() {
        "" => "the top level".to_owned(),
        name => format!("'{name}'"),
    }
}

#[cfg(test)]
mod tests;
