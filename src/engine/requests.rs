//! Python's way into the engine: a JSON text in, a JSON text out, through every door.
//!
//! One string crosses a `JsProxy` in 4 µs, while an object costs that for each attribute that is read; and a door that passes text has
//! nothing to translate, so the doors cannot differ.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::graph::Observation;
use crate::imports;
use crate::imports::source::Source;
use crate::imports::{Import, Outline};
use crate::layout::rules::Patterns;
use crate::layout::selection::{Selected, Selection, select};
use crate::layout::tree::Module;
use crate::name::{ModuleName, nearest};
use crate::protocol::answer::{self, Marks, Names, ToInflect};
use crate::protocol::options::Options;
use crate::protocol::request::{Answer, Glob, Modules, Name, Path, Paths, Reach, Request, Text};
use crate::reload::registry::{Execution, Registry};
use crate::reload::{Change, Events, Plan};
use crate::vfs::{self, Kind, Vfs};

impl<V: Vfs> Engine<V> {
    /// Answers a request in JSON: `{"ok": …}`, or `{"error": {"kind": …, "message": …}}`. It never fails otherwise, whatever the text is.
    #[must_use]
    pub fn request(&mut self, text: &str) -> String {
        let request = serde_json::from_str(text);
        let request = request.map_err(|error| Error::protocol(format!("not a request of the engine: {error}")));
        answer::json(&request.and_then(|request| self.answer(request)))
    }

    fn answer(&mut self, request: Request) -> Result<Answer> {
        let tree = self.registry.tree();
        Ok(match request {
            Request::Version => Answer::Version(env!("CARGO_PKG_VERSION").to_owned()),
            Request::ReadOptions(Text { text }) => Answer::ReadOptions(Options::read(&text)?),
            Request::PushDir { dir, namespace } => done(self.push_dir(&dir, &namespace)?),
            Request::Ignore(Glob { pattern }) => done(self.layout.rules.ignore.add("ignore", &pattern)?),
            Request::Collapse(Glob { pattern }) => done(self.layout.rules.collapse.add("collapse", &pattern)?),
            Request::DoNotEagerLoad(glob) => done(self.layout.rules.lazy.add("do_not_eager_load", &glob.pattern)?),
            Request::DoNotReload(Glob { pattern }) => done(self.kept.add("do_not_reload", &pattern)?),
            Request::Ignored(Paths { paths }) => Answer::Ignored(self.covered(&self.layout.rules.ignore, &paths)),
            Request::Collapsed(Paths { paths }) => Answer::Collapsed(self.covered(&self.layout.rules.collapse, &paths)),
            Request::Inflect { stem, attr } => done(self.inflect(&stem, &attr)?),
            Request::Acronym { word } => done(self.acronym(&word)?),
            Request::PassOverLazyModules => self.pass_over_lazy_modules(),
            Request::BeStrict => self.be_strict(),
            Request::Reserve { names, owner } => self.reserve(&names, &owner),
            Request::Scan => Answer::Scan(self.scan_names()?),
            Request::Forget => self.forget(),
            Request::Namespace(Name { name }) => Answer::Namespace(tree.view(&name)),
            Request::Aliases(Name { name }) => Answer::Aliases(self.aliases(&name)),
            Request::Attribute(Name { name }) => Answer::Attribute(tree.attribute(&name, &self.inflector)),
            Request::Camelize(Text { text }) => Answer::Camelize(self.inflector.camelize(&text)),
            Request::Underscore { attr } => Answer::Underscore(self.inflector.underscore(&attr)),
            Request::Nearest { word, candidates } => {
                Answer::Nearest(nearest(&word, candidates.iter().map(String::as_str)).map(str::to_owned))
            }
            Request::ToInflect => Answer::ToInflect(tree.modules().map(|module| self.to_inflect(module)).collect()),
            Request::SetAttributes { attributes } => self.set_attributes(attributes),
            Request::Record(Name { name }) => Answer::Record(self.record(&name)),
            Request::Names => Answer::Names(tree.modules().map(|module| module.name).collect()),
            Request::ModuleNamesAt(Paths { paths }) => {
                Answer::ModuleNamesAt(paths.iter().map(|path| tree.name_at(&vfs::plain(path))).collect())
            }
            Request::ExpectedNames => Answer::ExpectedNames(self.expected_names()),
            Request::Problems => Answer::Problems(self.problems().to_vec()),
            Request::Check => Answer::Check(self.check()),
            Request::Imports(Path { path }) => self.imports_of(&path)?,
            Request::WithForeignImports { excluded, fresh } => {
                Answer::WithForeignImports(self.with_foreign_imports(&excluded, fresh))
            }
            Request::Graph => Answer::Graph(self.graph().view()),
            Request::Dependencies(Reach { name, transitive }) => {
                Answer::Dependencies(Marks(self.graph().dependency_marks(&name, transitive)))
            }
            Request::Dependents(Reach { name, transitive }) => {
                Answer::Dependents(Marks(self.graph().dependent_marks(&name, transitive)))
            }
            Request::Importers(Modules { names }) => Answer::Importers(self.importers(&names)),
            Request::Cycles => Answer::Cycles(self.graph().cycles()),
            Request::Why { importer, imported } => Answer::Why(self.graph().why(&importer, &imported)),
            Request::Select(selection) => Answer::Select(self.select(selection)),
            Request::Observe { imports } => self.observe(imports),
            Request::MarkLoaded { modules } => self.mark_loaded(modules),
            Request::MarkUnloaded(Modules { names }) => self.mark_unloaded(&names),
            Request::MarkBlocked(Modules { names }) => self.mark_blocked(&names),
            Request::EnableReloading => self.enable_reloading(),
            Request::Plan { changes, forced, rescan } => Answer::Plan(self.plan(changes, &forced, rescan)?),
            Request::Pending => Answer::Pending(self.planner().pending().into_iter().collect()),
        })
    }

    fn plan(&mut self, changes: Vec<Change>, forced: &[String], rescan: bool) -> Result<Plan> {
        let changes: Vec<Change> =
            changes.into_iter().map(|Change { path, digest }| Change { path: plain(path), digest }).collect();
        self.planner().plan(Events { changes: &changes, forced, rescan })
    }

    fn importers(&mut self, names: &[String]) -> Vec<Names> {
        let graph = self.graph();
        names.iter().map(|name| graph.dependents(name, false).into_iter().cloned().collect()).collect()
    }

    fn covered(&self, patterns: &Patterns, paths: &[String]) -> Vec<bool> {
        let covers = |path: &String| {
            let path = vfs::plain(path);
            self.layout.covers(patterns, &path, self.vfs.kind(&path) == Kind::Dir)
        };
        paths.iter().map(covers).collect()
    }

    fn reserve(&mut self, names: &str, owner: &str) -> Answer {
        let reserved = names.split_ascii_whitespace().map(|name| (name.to_owned(), owner.to_owned()));
        self.layout.reserved.extend(reserved);
        Answer::Done
    }

    fn pass_over_lazy_modules(&mut self) -> Answer {
        self.index.pass_over_lazy_modules();
        Answer::Done
    }

    fn be_strict(&mut self) -> Answer {
        self.is_strict = true;
        Answer::Done
    }

    fn forget(&mut self) -> Answer {
        self.registry = Registry::default();
        self.index = self.index.emptied();
        Answer::Done
    }

    fn to_inflect(&self, module: Module) -> ToInflect {
        let has = self.registry.tree().attribute(&module.name, &self.inflector);
        ToInflect(self.inflector.camelize(module.name.stem()), has, module.name, module.path)
    }

    fn expected_names(&self) -> BTreeMap<String, ModuleName> {
        names_by_path(self.registry.tree().modules())
    }

    fn set_attributes(&mut self, mut attributes: BTreeMap<String, String>) -> Answer {
        self.forget_names();
        for attr in attributes.values_mut() {
            *attr = self.normal(attr);
        }
        self.registry.set_attributes(attributes);
        Answer::Done
    }

    fn imports_of(&self, path: &str) -> Result<Answer> {
        let bytes = self.vfs.read(path)?;
        let source = Source::decode(&bytes, self.vfs.texts())
            .map_err(|fault| Error::filesystem(format!("{path}:{}: {}", fault.line, fault.message)))?;
        let outline = Outline { bindings: Vec::new(), ..imports::outline(&source) };
        Ok(Answer::Imports(outline.normalized(self.vfs.texts()).imports))
    }

    fn with_foreign_imports(&mut self, excluded: &str, fresh: bool) -> BTreeMap<String, ModuleName> {
        let (tree, mut reread) = (self.registry.tree(), self.index.emptied());
        let index = if fresh { &mut reread } else { &mut self.index };
        index.graph(&self.vfs, tree, &self.inflector);
        let excluded: Vec<&str> = excluded.split(' ').collect();
        let is_foreign = |import: &Import<'_>| {
            let top = import.module.split('.').next().unwrap_or_default();
            import.level == 0 && excluded.binary_search(&top).is_err()
        };
        let has_foreign =
            |module: &Module| index.file(&module.path).is_some_and(|file| file.outline.imports.iter().any(is_foreign));
        names_by_path(tree.modules().filter(has_foreign))
    }

    fn select(&mut self, mut selection: Selection) -> Selected {
        selection.dir = selection.dir.map(plain);
        let order = self.graph().load_order();
        select(self.registry.tree(), &self.layout, &order, &selection)
    }

    fn observe(&mut self, imports: Vec<Observation>) -> Answer {
        for import in imports {
            self.index.observe(import);
        }
        Answer::Done
    }

    fn mark_loaded(&mut self, modules: Vec<Execution>) -> Answer {
        for execution in modules {
            let load = self.registry.load(&execution.name);
            if load.is_none_or(|load| load.execution.digest != execution.digest) {
                self.index.forget(&execution.name);
            }
            // Code that has run again imports what it did before.
            if self.registry.ran_other_code(&execution.name, execution.digest) {
                self.index.forget_observed(&execution.name);
            }
            self.registry.mark_loaded(execution);
        }
        Answer::Done
    }

    fn mark_unloaded(&mut self, names: &[String]) -> Answer {
        for name in names {
            self.registry.mark_unloaded(name);
        }
        Answer::Done
    }

    fn mark_blocked(&mut self, names: &[String]) -> Answer {
        for name in names {
            self.registry.mark_blocked(name, true);
        }
        Answer::Done
    }

    fn enable_reloading(&mut self) -> Answer {
        self.index.keep_history(&self.vfs, self.registry.tree(), &self.inflector);
        Answer::Done
    }
}

/// A path as the tree spells it.
fn plain(path: String) -> String {
    match vfs::plain(&path) {
        Cow::Owned(plain) => plain,
        Cow::Borrowed(_) => path,
    }
}

fn names_by_path(modules: impl Iterator<Item = Module>) -> BTreeMap<String, ModuleName> {
    let mut names = BTreeMap::new();
    names.extend(modules.map(|module| (module.path, module.name)));
    names
}

/// The answer where nothing is to be said.
fn done((): ()) -> Answer {
    Answer::Done
}
