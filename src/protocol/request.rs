//! The requests that Python can put to an engine, and their arguments, as they stand in JSON.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::graph::Observation;
use crate::layout::selection::Selection;
use crate::reload::Change;
use crate::reload::registry::Execution;

/// What Python can ask for: `{"record": {"name": "app.user"}}`, or `"scan"` where there are no arguments.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// The version of this crate.
    Version,
    /// Completes the JSON text of [`Options`](crate::Options), or refuses it.
    ReadOptions(Text),
    /// Adds a root: an absolute directory and a dotted name, empty for the top level.
    PushDir { dir: String, namespace: String },
    /// Leaves out what a pattern covers.
    Ignore(Glob),
    /// Lets the directories that a pattern covers add no name.
    Collapse(Glob),
    /// Leaves what a pattern covers out of eager loading.
    DoNotEagerLoad(Glob),
    /// Which of some absolute paths are ignored.
    Ignored(Paths),
    /// Which of some absolute paths are collapsed, or below what is.
    Collapsed(Paths),
    /// Sets the attribute name of a stem.
    Inflect { stem: String, attr: String },
    /// Sets how a word is written in attribute names.
    Acronym { word: String },
    /// Keeps top-level names free: names between spaces, and what has them.
    Reserve { names: String, hidden: String },
    /// Scans all roots: a [`Summary`](crate::protocol::Summary).
    Scan,
    /// Forgets what was scanned and read, and keeps the configuration. Memory is given back now, not when a host collects garbage.
    Forget,
    /// A namespace as the finder wants it: a [`NamespaceView`](crate::layout::tree::NamespaceView), or null.
    Namespace(Name),
    /// The attribute names of a namespace's modules that are not their stems: attribute to stem.
    Aliases(Name),
    /// The attribute that a module's file is expected to define, or null.
    Attribute(Name),
    /// The attribute that the inflector has for a stem, or null.
    Camelize(Text),
    /// All modules, for an inflector that is not this engine's: what attribute they would have by this one's, and have; name, path.
    ToInflect,
    /// What such an inflector has decided: module name to attribute. A module that is not named has none.
    SetAttributes { attributes: BTreeMap<String, String> },
    /// A [`ModuleRecord`](crate::ModuleRecord), or null.
    Record(Name),
    /// The names of all modules, between spaces, parents first.
    Names,
    /// The name of the module at an absolute path, or null.
    ModuleNameAt(Path),
    /// The path of each module: path to name.
    ExpectedNames,
    /// All [`Problem`](crate::Problem)s of the last scan.
    Problems,
    /// All [`Problem`](crate::Problem)s of the project.
    Check,
    /// The [`Import`](crate::imports::Import)s of one file, managed or not.
    Imports(Path),
    /// The whole import graph: a [`GraphView`](crate::graph::GraphView).
    Graph,
    /// The modules that a module imports: a `1` or a `0` for each module in the order of their names, since names are long.
    Dependencies(Reach),
    /// The modules that import a module, likewise.
    Dependents(Reach),
    /// Cycles of imports, each a list of edges.
    Cycles,
    /// The shortest chain of imports between two modules, a list of edges.
    Why { importer: String, imported: String },
    /// What eager loading takes, what each module imports before it: [`Selected`](crate::layout::selection::Selected).
    Select(Selection),
    /// Notes imports that were seen while a module ran: importer, imported, line.
    Observe { imports: Vec<Observation> },
    /// Notes modules that were executed.
    MarkLoaded { modules: Vec<Execution> },
    /// The stem whose file is expected to define an attribute.
    Underscore { attr: String },
    /// The candidate that a word was probably meant to be, by the rule of [`Request::Check`], or null.
    Nearest { word: String, candidates: Vec<String> },
    /// Notes modules that are no longer in `sys.modules`.
    MarkUnloaded { names: Vec<String> },
    /// From now on remembers what [`Request::Plan`] needs.
    EnableReloading,
    /// Leaves the modules that a pattern covers alone when others are reloaded.
    DoNotReload(Glob),
    /// What is to be done after some paths have changed: a [`Plan`](crate::reload::Plan). `forced` are modules to reload in any case; `rescan` looks for new
    /// names without being told of a path, and tries again all that has failed before.
    Plan { changes: Vec<Change>, forced: Vec<String>, rescan: bool },
    /// The names of the loaded modules that a fresh import would make otherwise, between spaces.
    Pending,
}

// Arguments that several requests have in common: each struct costs a kilobyte of wasm.
#[derive(Debug, Deserialize)]
pub(crate) struct Text {
    pub text: String,
}
#[derive(Debug, Deserialize)]
pub(crate) struct Glob {
    pub pattern: String,
}
#[derive(Debug, Deserialize)]
pub(crate) struct Name {
    pub name: String,
}
#[derive(Debug, Deserialize)]
pub(crate) struct Path {
    pub path: String,
}
#[derive(Debug, Deserialize)]
pub(crate) struct Paths {
    pub paths: Vec<String>,
}
#[derive(Debug, Deserialize)]
pub(crate) struct Reach {
    pub name: String,
    pub transitive: bool,
}
