//! The requests that Python can put to an engine, and what each is answered with, as both stand in JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ModuleRecord;
use crate::graph::{Edge, GraphView, Observation};
use crate::imports::Import;
use crate::layout::problem::Problem;
use crate::layout::selection::{Selected, Selection};
use crate::layout::tree::NamespaceView;
use crate::name::ModuleName;
use crate::protocol::answer::{Marks, Names, Summary, ToInflect};
use crate::protocol::options::Options;
use crate::reload::registry::Execution;
use crate::reload::{Change, Plan};

/// Declares each request with its arguments, and behind the arrow its answer; where there is none, null says that it is done.
macro_rules! protocol {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($arguments:ty))? $({ $($argument:ident: $type:ty),* })? $(=> $answer:ty)?;
    )*) => {
        /// What Python can ask for: `{"record": {"name": "app.user"}}`, or `"scan"` where there are no arguments.
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Request {
            $($(#[$doc])* $name $(($arguments))? $({ $(#[doc = "An argument."] $argument: $type),* })?,)*
        }

        /// What a request is answered with.
        #[derive(Debug, Serialize)]
        #[serde(untagged)]
        pub(crate) enum Answer {
            Done,
            $($($name($answer),)?)*
        }

        /// The types of the answers, by the names of the requests; nobody makes one.
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Answers {
            $(#[doc = "The answer to the request of that name."] $name $(($answer))?,)*
        }
    };
}

protocol! {
    /// The version of this crate.
    Version => String;
    /// Completes the JSON text of options, or refuses it.
    ReadOptions(Text) => Options;
    /// Adds a root: an absolute directory and a dotted name, empty for the top level.
    PushDir { dir: String, namespace: String };
    /// Leaves out what a pattern covers.
    Ignore(Glob);
    /// Lets the directories that a pattern covers add no name.
    Collapse(Glob);
    /// Leaves what a pattern covers out of eager loading.
    DoNotEagerLoad(Glob);
    /// Which of some absolute paths are ignored.
    Ignored(Paths) => Vec<bool>;
    /// Which of some absolute paths are collapsed, or below what is.
    Collapsed(Paths) => Vec<bool>;
    /// Sets the attribute name of a stem.
    Inflect { stem: String, attr: String };
    /// Sets how a word is written in attribute names.
    Acronym { word: String };
    /// Takes no import for a lazy one because `__lazy_modules__` names it: Python is older than 3.15.
    PassOverLazyModules;
    /// From now on each file has to define its expected attribute.
    BeStrict;
    /// Keeps top-level names free: names between spaces, and what has them.
    Reserve { names: String, owner: String };
    /// Scans all roots.
    Scan => Summary;
    /// Forgets what was scanned and read, and keeps the configuration. Memory is given back now, not when a host collects garbage.
    Forget;
    /// A namespace as the finder wants it.
    Namespace(Name) => Option<NamespaceView>;
    /// The attribute names of a namespace's modules that are not their stems: attribute to stem.
    Aliases(Name) => BTreeMap<String, String>;
    /// The attribute that a module's file is expected to define.
    Attribute(Name) => Option<String>;
    /// The attribute that the inflector has for a stem.
    Camelize(Text) => Option<String>;
    /// All modules, for an inflector that is not this engine's.
    ToInflect => Vec<ToInflect>;
    /// What such an inflector has decided: module name to attribute. A module that is not named has none.
    SetAttributes { attributes: BTreeMap<String, String> };
    /// What is known of a module.
    Record(Name) => Option<ModuleRecord>;
    /// All modules, parents first.
    Names => Names;
    /// The names of the modules at absolute paths.
    ModuleNamesAt(Paths) => Vec<Option<ModuleName>>;
    /// The path of each module: path to name.
    ExpectedNames => BTreeMap<String, ModuleName>;
    /// All problems of the last scan.
    Problems => Vec<Problem>;
    /// All problems of the project.
    Check => Vec<Problem>;
    /// The imports of one file, managed or not.
    Imports(Path) => Vec<Import<'static>>;
    /// The modules with an absolute import whose first name is none of `excluded`, names that are sorted and between spaces: path to
    /// name. With `fresh` all files are read again; otherwise they are as they were read for the graph.
    WithForeignImports { excluded: String, fresh: bool } => BTreeMap<String, ModuleName>;
    /// The whole import graph.
    Graph => GraphView;
    /// The modules that a module imports.
    Dependencies(Reach) => Marks;
    /// The modules that import a module.
    Dependents(Reach) => Marks;
    /// The modules that import each of some modules themselves, between spaces; of one that there is not, none.
    Importers(Modules) => Vec<Names>;
    /// Cycles of imports.
    Cycles => Vec<Vec<Edge>>;
    /// The shortest chain of imports between two modules.
    Why { importer: String, imported: String } => Vec<Edge>;
    /// What eager loading takes, what each module imports before it.
    Select(Selection) => Selected;
    /// Notes imports that were seen while a module ran: importer, imported, line.
    Observe { imports: Vec<Observation> };
    /// Notes modules that were executed.
    MarkLoaded { modules: Vec<Execution> };
    /// The stem whose file is expected to define an attribute.
    Underscore { attr: String } => String;
    /// The candidate that a word was probably meant to be, by the rule of [`Request::Check`].
    Nearest { word: String, candidates: Vec<String> } => Option<String>;
    /// Notes modules that are no longer in `sys.modules`.
    MarkUnloaded(Modules);
    /// Notes modules that could not be reloaded, and not for a reason of their own.
    MarkBlocked(Modules);
    /// From now on remembers what [`Request::Plan`] needs.
    EnableReloading;
    /// Leaves the modules that a pattern covers alone when others are reloaded.
    DoNotReload(Glob);
    /// What is to be done after some paths have changed. `forced` are modules to reload in any case; `rescan` looks for new names without
    /// being told of a path, and tries again all that has failed before.
    Plan { changes: Vec<Change>, forced: Vec<String>, rescan: bool } => Plan;
    /// The loaded modules that a fresh import would make otherwise.
    Pending => Names;
}

// Arguments that several requests have in common: each struct costs a kilobyte of wasm.

/// A text.
#[derive(Debug, Deserialize)]
pub struct Text {
    /// The text.
    pub text: String,
}

/// A pattern of paths.
#[derive(Debug, Deserialize)]
pub struct Glob {
    /// As in a .gitignore.
    pub pattern: String,
}

/// A module or a namespace.
#[derive(Debug, Deserialize)]
pub struct Name {
    /// Dotted name.
    pub name: String,
}

/// Several modules.
#[derive(Debug, Deserialize)]
pub struct Modules {
    /// Dotted names.
    pub names: Vec<String>,
}

/// A file or a directory.
#[derive(Debug, Deserialize)]
pub struct Path {
    /// Absolute path.
    pub path: String,
}

/// Files or directories.
#[derive(Debug, Deserialize)]
pub struct Paths {
    /// Absolute paths.
    pub paths: Vec<String>,
}

/// A module, and how far to go from it.
#[derive(Debug, Deserialize)]
pub struct Reach {
    /// Dotted name.
    pub name: String,
    /// Whether to go on from what is found.
    pub transitive: bool,
}
