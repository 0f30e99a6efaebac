//! Events and reports of reloading as plain data: what passes between Python, JavaScript, and a page and its workers.
//!
//! The facade takes the ones and makes the others; the types stand here because TypeScript's are made from Rust's.

use serde::{Deserialize, Serialize};

/// What has happened to a file or a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// It is new.
    Created,
    /// It has other contents.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another path.
    Renamed,
}

/// A change of a file or a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEvent {
    /// What has happened.
    pub kind: EventKind,
    /// Where; a relative path counts from Python's working directory.
    pub path: String,
    /// The new path of what was renamed.
    pub to: Option<String>,
    /// In a message: what is to be written there first.
    pub text: Option<String>,
}

/// A module, and why something was done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleReason {
    /// Dotted name.
    pub name: String,
    /// The rest of a sentence: "imports app.user, line 3".
    pub reason: String,
}

/// A module whose functions got new code although nothing was executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatchedModule {
    /// Dotted name.
    pub name: String,
    /// Qualified names of the functions that were changed, added or removed; none where only line numbers differ.
    pub functions: Vec<String>,
}

/// A name in a tracked namespace that stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayedName {
    /// As it is bound there.
    pub name: String,
    /// What its import would raise now.
    pub reason: String,
}

/// A class or function that was executed again, and what is of the new one now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedObject {
    /// Full name: "app.user.User".
    pub name: String,
    /// How many objects and references follow.
    pub count: u32,
}

/// A class or function that somebody still holds in its old form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayedObject {
    /// Full name.
    pub name: String,
    /// Why it stays there.
    pub reason: String,
}

/// A module that could not be reloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedReload {
    /// Dotted name.
    pub name: String,
    /// Its file.
    pub path: Option<String>,
    /// The line at which it failed, counted from one.
    pub line: Option<u32>,
    /// The name of the exception's class.
    #[serde(rename = "type")]
    pub class: String,
    /// What the exception says.
    pub message: String,
    /// As Python prints it.
    pub traceback: String,
    /// The modules that run their old code because of it, itself included.
    pub held: Vec<String>,
}

/// A package that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededPackage {
    /// What import statements call it.
    pub name: String,
    /// Where it can be had.
    pub reason: String,
}

/// A callback of the user's that has raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackError {
    /// What it was called for, and its name.
    pub callback: String,
    /// As Python prints it.
    pub traceback: String,
}

/// What a flush did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReloadReport {
    /// Absolute paths whose content changed, that appeared or that vanished.
    pub changed: Vec<String>,
    /// Modules that were changed in place: nothing was executed.
    pub patched: Vec<PatchedModule>,
    /// In the order in which they were executed, each with the reason why no less was enough.
    pub reloaded: Vec<ModuleReason>,
    /// Modules whose files are gone.
    pub removed: Vec<ModuleReason>,
    /// One entry a failure.
    pub failed: Vec<FailedReload>,
    /// Modules that run old code because of failures, now or earlier.
    pub pending: Vec<String>,
    /// Modules that were left alone, as `do_not_reload` says.
    pub kept: Vec<String>,
    /// Names in tracked namespaces that were bound to new objects.
    pub rebound: Vec<String>,
    /// Names in tracked namespaces whose import would fail now.
    pub stayed: Vec<StayedName>,
    /// Patched functions whose functools caches were cleared, by full name.
    pub cleared: Vec<String>,
    /// Classes and functions whose objects and references are of the new ones now.
    pub followed: Vec<FollowedObject>,
    /// Classes and functions that somebody still holds in their old form.
    #[serde(rename = "notFollowed")]
    pub not_followed: Vec<StayedObject>,
    /// Packages that changed files import and that are not there.
    pub needed: Vec<NeededPackage>,
    /// Callbacks that raised.
    pub errors: Vec<CallbackError>,
    /// How long it took.
    pub seconds: f64,
    /// Whether the events wait for the end of an import or of another flush.
    pub waiting: bool,
}

/// To a loader that listens: what has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMessage {
    /// The message's name.
    #[serde(rename = "type")]
    pub name: EventMessageType,
    /// What has happened.
    pub events: Vec<FileEvent>,
}

/// The name of an [`EventMessage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventMessageType {
    /// There is one.
    #[serde(rename = "pyautoload-wasm:events")]
    Events,
}

/// From a loader that listens, after each flush that did something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportMessage {
    /// The message's name.
    #[serde(rename = "type")]
    pub name: ReportMessageType,
    /// What the flush did.
    pub report: ReloadReport,
}

/// The name of a [`ReportMessage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportMessageType {
    /// There is one.
    #[serde(rename = "pyautoload-wasm:report")]
    Report,
}

/// In answer to a message that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorMessage {
    /// The message's name.
    #[serde(rename = "type")]
    pub name: ErrorMessageType,
    /// What is wrong with it.
    pub message: String,
}

/// The name of an [`ErrorMessage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorMessageType {
    /// There is one.
    #[serde(rename = "pyautoload-wasm:error")]
    Error,
}
