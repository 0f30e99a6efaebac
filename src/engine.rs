//! The one interface that both bindings expose: configuration in, answers out, over a filesystem that the binding brings.
//!
//! Python speaks to it, through every door, with [`Engine::request`]: a JSON text in, a JSON text out. One string crosses a `JsProxy` in
//! 4 µs, while an object costs that for each attribute that is read; and a door that passes text has nothing to translate, so the
//! doors cannot differ.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::graph::index::ImportIndex;
use crate::imports;
use crate::imports::source::Source;
use crate::layout::problem::Problem;
use crate::layout::rules::Patterns;
use crate::layout::selection::select;
use crate::layout::tree::Module;
use crate::layout::walk::{Layout, Root, scan};
use crate::name::{Inflector, ModuleName, nearest};
use crate::protocol::Summary;
use crate::protocol::answer::{Answer, json, ok};
use crate::protocol::options::Options;
use crate::protocol::request::{Glob, Name, Path, Paths, Reach, Request, Text};
use crate::reload::registry::{ModuleRecord, Registry};
use crate::vfs::{Kind, Vfs};

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
    pub(crate) problems: Vec<Problem>,
    /// What is not reloaded.
    pub(crate) kept: Patterns,
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
            problems: Vec::new(),
            kept: Patterns::default(),
        }
    }

    /// Adds a root: an absolute directory and a dotted name, empty for the top level.
    ///
    /// # Errors
    /// A configuration error where there is no such directory, the name is no module's, or the directory is a root already.
    pub fn push_dir(&mut self, dir: &str, namespace: &str) -> Result<()> {
        let namespace = match namespace {
            "" => ModuleName::top_level(),
            name => ModuleName::new(name)?,
        };
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

    /// Takes a whole configuration.
    ///
    /// # Errors
    /// A configuration error for the first option that is wrong; the options before it stay in force.
    pub fn configure(&mut self, options: &Options) -> Result<()> {
        for word in &options.acronyms {
            self.inflector_mut().acronym(word)?;
        }
        for (stem, attr) in &options.inflect {
            self.inflector_mut().inflect(stem, attr)?;
        }
        for pattern in &options.ignore {
            self.layout.rules.ignore.add("ignore", pattern)?;
        }
        for pattern in &options.collapse {
            self.layout.rules.collapse.add("collapse", pattern)?;
        }
        if let Some(dir) = &options.base_path {
            self.push_dir(dir, options.top_level.as_deref().unwrap_or_default())?;
        }
        options.roots.iter().try_for_each(|root| self.push_dir(&root.dir, &root.namespace))
    }

    /// Scans all roots, in place of what was known before.
    ///
    /// # Errors
    /// A filesystem error where a root cannot be read; what was known before stays.
    pub fn scan(&mut self) -> Result<Summary> {
        let (tree, problems) = scan(&self.vfs, &self.layout)?;
        let top_level: Vec<&str> =
            tree.namespace_named("").map(|namespace| tree.stems(namespace).collect()).unwrap_or_default();
        let summary = Summary {
            modules: tree.len(),
            directories: tree.dirs.len() as usize,
            problems: problems.len(),
            top_level: top_level.join(" "),
        };
        self.forget_names();
        self.registry.register(tree);
        self.problems = problems;
        Ok(summary)
    }

    /// Forgets what names lead to, before they lead elsewhere.
    fn forget_names(&mut self) {
        self.index.forget_names(&self.vfs, self.registry.tree(), &self.inflector);
    }

    /// The inflector, to change it: then names lead elsewhere.
    fn inflector_mut(&mut self) -> &mut Inflector {
        self.forget_names();
        &mut self.inflector
    }

    /// The import graph. Reads the files that it has not read, or that may have changed.
    pub fn graph(&mut self) -> &Graph {
        self.index.graph(&self.vfs, self.registry.tree(), &self.inflector)
    }

    /// What is wrong with the project, without running any of it, by path and line.
    pub fn check(&mut self) -> Vec<Problem> {
        self.graph();
        self.index.check(self.registry.tree(), &self.inflector, &self.problems)
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

    /// Each module with the attribute that it would have by the inflector, and the one that it has; its name and path.
    fn to_inflect(&self) -> Vec<(Option<String>, Option<String>, ModuleName, String)> {
        let tree = self.registry.tree();
        let described = |module: Module| {
            let has = tree.attribute(&module.name, &self.inflector);
            (self.inflector.camelize(module.name.stem()), has, module.name, module.path)
        };
        tree.modules().map(described).collect()
    }

    fn covered(&self, patterns: &Patterns, paths: &[String]) -> Vec<bool> {
        paths.iter().map(|path| self.layout.covers(patterns, path)).collect()
    }

    /// The problems of the last scan, by path.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The attribute names of a namespace's modules that are not stems themselves. Where two stems have one, the first has it.
    #[must_use]
    pub fn aliases(&self, name: &str) -> BTreeMap<String, String> {
        self.registry.tree().aliases(name, &self.inflector)
    }

    /// Answers a request in JSON: `{"ok": …}`, or `{"error": {"kind": …, "message": …}}`. It never fails otherwise, whatever the
    /// text is.
    #[must_use]
    pub fn request(&mut self, text: &str) -> String {
        let answer = serde_json::from_str(text)
            .map_err(|error| Error::protocol(format!("not a request of the engine: {error}")))
            .and_then(|request| self.answer(request));
        match answer {
            Ok(json) => json,
            Err(error) => json(&Answer::<()>::Error(error)),
        }
    }

    fn answer(&mut self, request: Request) -> Result<String> {
        let tree = self.registry.tree();
        Ok(match request {
            Request::Version => ok(&env!("CARGO_PKG_VERSION")),
            Request::ReadOptions(Text { text }) => ok(&serde_json::from_str::<Options>(&text)
                .map_err(|error| Error::configuration(format!("the options cannot be read: {error}")))?),
            Request::PushDir { dir, namespace } => ok(&self.push_dir(&dir, &namespace)?),
            Request::Ignore(Glob { pattern }) => ok(&self.layout.rules.ignore.add("ignore", &pattern)?),
            Request::Collapse(Glob { pattern }) => ok(&self.layout.rules.collapse.add("collapse", &pattern)?),
            Request::DoNotEagerLoad(Glob { pattern }) => {
                ok(&self.layout.rules.lazy.add("do_not_eager_load", &pattern)?)
            }
            Request::Ignored(Paths { paths }) => ok(&self.covered(&self.layout.rules.ignore, &paths)),
            Request::Collapsed(Paths { paths }) => ok(&self.covered(&self.layout.rules.collapse, &paths)),
            Request::Inflect { stem, attr } => ok(&self.inflector_mut().inflect(&stem, &attr)?),
            Request::Acronym { word } => ok(&self.inflector_mut().acronym(&word)?),
            Request::Reserve { names, hidden } => {
                let reserved = names.split_ascii_whitespace().map(|name| (name.to_owned(), hidden.clone()));
                self.layout.reserved.extend(reserved);
                ok(&())
            }
            Request::Scan => ok(&self.scan()?),
            Request::Forget => {
                self.registry = Registry::default();
                self.index = ImportIndex::default();
                self.problems = Vec::new();
                ok(&())
            }
            Request::Namespace(Name { name }) => ok(&tree.view(&name)),
            Request::Aliases(Name { name }) => ok(&self.aliases(&name)),
            Request::Attribute(Name { name }) => ok(&tree.attribute(&name, &self.inflector)),
            Request::Camelize(Text { text }) => ok(&self.inflector.camelize(&text)),
            Request::ToInflect => ok(&self.to_inflect()),
            Request::SetAttributes { attributes } => {
                self.forget_names();
                self.registry.set_attributes(attributes);
                ok(&())
            }
            Request::Record(Name { name }) => ok(&self.record(&name)),
            Request::Names => ok(&tree.modules().map(|module| module.name.to_string()).collect::<Vec<_>>().join(" ")),
            Request::ModuleNameAt(Path { path }) => ok(&tree.name_at(&path)),
            Request::ExpectedNames => {
                let mut names = BTreeMap::new();
                names.extend(tree.modules().map(|module| (module.path, module.name)));
                ok(&names)
            }
            Request::Problems => ok(&self.problems),
            Request::Check => ok(&self.check()),
            Request::Imports(Path { path }) => {
                let bytes = self.vfs.read(&path)?;
                let source = Source::decode(&bytes)
                    .map_err(|fault| Error::filesystem(format!("{path}:{}: {}", fault.line, fault.message)))?;
                ok(&imports::outline(&source).imports)
            }
            Request::Graph => ok(&self.graph().view()),
            Request::Dependencies(Reach { name, transitive }) => ok(&self.graph().dependency_marks(&name, transitive)),
            Request::Dependents(Reach { name, transitive }) => ok(&self.graph().dependent_marks(&name, transitive)),
            Request::Cycles => ok(&self.graph().cycles()),
            Request::Why { importer, imported } => ok(&self.graph().why(&importer, &imported)),
            Request::Select(selection) => {
                let order = self.graph().load_order();
                ok(&select(self.registry.tree(), &self.layout, &order, &selection))
            }
            Request::Observe { imports } => {
                for import in imports {
                    self.index.observe(import);
                }
                ok(&())
            }
            Request::MarkLoaded { modules } => {
                for execution in modules {
                    // Code that has run again imports what it did before.
                    match self.registry.load(&execution.name) {
                        Some(load) if load.execution.digest == execution.digest => {}
                        before => {
                            if before.is_some() {
                                self.index.forget_observed(&execution.name);
                            }
                            self.index.forget(&execution.name);
                        }
                    }
                    self.registry.mark_loaded(execution);
                }
                ok(&())
            }
            Request::Underscore { attr } => ok(&self.inflector.underscore(&attr)),
            Request::Nearest { word, candidates } => ok(&nearest(&word, candidates.iter().map(String::as_str))),
            Request::MarkUnloaded { names } => {
                for name in names {
                    self.registry.mark_unloaded(&name);
                }
                ok(&())
            }
            Request::EnableReloading => {
                self.index.keep_history(&self.vfs, self.registry.tree(), &self.inflector);
                ok(&())
            }
            Request::DoNotReload(Glob { pattern }) => ok(&self.kept.add("do_not_reload", &pattern)?),
            Request::Plan { changes, forced, rescan } => ok(&self.plan(&changes, &forced, rescan)?),
            Request::Pending => ok(&self.pending().join(" ")),
        })
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
