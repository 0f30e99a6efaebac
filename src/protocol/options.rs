//! What `install(pyodide, options)` and `engine.configure(options)` take: a loader's configuration as plain data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A further root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootOption {
    /// Directory; a relative one counts from Python's working directory.
    pub dir: String,
    /// Dotted name; empty for the top level.
    pub namespace: String,
}

/// Who applies the events of changed files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FlushMode {
    /// The loader, on a turn of the event loop in which nothing of Python is under way.
    #[default]
    Auto,
    /// Whoever calls `flush`.
    Manual,
}

/// What becomes of objects that were made before a reload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectsMode {
    /// They stay as they are.
    #[default]
    Stay,
    /// Functions run the new code, and instances get the new class.
    Follow,
}

/// A loader's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the user's, by name")]
pub struct Options {
    /// The directory that holds the project.
    pub base_path: Option<String>,
    /// The dotted name that it stands for; none for the top level.
    pub top_level: Option<String>,
    /// More roots.
    pub roots: Vec<RootOption>,
    /// Globs of what is left out.
    pub ignore: Vec<String>,
    /// Globs of directories that add no name.
    pub collapse: Vec<String>,
    /// Attribute names of exact stems.
    pub inflect: BTreeMap<String, String>,
    /// Words and how they are written in attribute names.
    pub acronyms: Vec<String>,
    /// Whether top-level modules may shadow the standard library and distributions.
    pub allow_shadowing: bool,
    /// Whether a file that does not define its expected attribute is an error.
    pub strict: bool,
    /// Whether undefined bare names in the project's modules resolve by autoloading.
    pub implicit_names: bool,
    /// Globs of what eager loading leaves out.
    pub do_not_eager_load: Vec<String>,
    /// Globs of what is left as it is when its file changes.
    pub do_not_reload: Vec<String>,
    /// Whether every decision is written to Python's logger `pyautoload_wasm`.
    pub log: bool,
    /// Whether changed files are reloaded.
    pub reloading: bool,
    /// Who applies their events.
    pub flush: FlushMode,
    /// What becomes of objects that were made before a reload.
    pub objects: ObjectsMode,
}

impl Options {
    /// Reads the JSON text of some options; the others have their defaults.
    ///
    /// # Errors
    /// A configuration error for an option that there is not, or whose value is of another type.
    pub fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::configuration(format!("the options cannot be read: {error}")))
    }

    /// Refuses what an engine cannot do by itself.
    ///
    /// # Errors
    /// A configuration error that names the option.
    pub(crate) fn refuse_what_needs_python(&self) -> Result<()> {
        let needs = [
            ("implicitNames", self.implicit_names),
            ("log", self.log),
            ("reloading", self.reloading),
            ("flush", self.flush != FlushMode::default()),
            ("objects", self.objects != ObjectsMode::default()),
        ];
        needs.into_iter().find(|(_, is_set)| *is_set).map_or(Ok(()), |(option, _)| {
            Err(Error::configuration(format!(
                "the option {option} is for modules that run, and an Engine runs none: pass it to install(), or leave it out"
            )))
        })
    }
}
