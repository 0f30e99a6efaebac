//! What is wrong with a layout: findings that a user reads, each with the file, what is wrong and a way out.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// Another file has the name, and this one is never executed.
    Shadowed,
    /// A name that no import statement can write.
    NotAnIdentifier,
    /// A name that is a keyword of Python.
    Keyword,
    /// A top-level name that would hide the standard library or an importable distribution.
    Hides,
    /// An `__init__.py` in a root that stands for no package.
    InitWithoutName,
    /// A link to a directory above itself.
    LinkLoop,
    /// A link that leads nowhere.
    BrokenLink,
    /// A directory that may not be listed.
    Unreadable,
    /// A file name that is not Unicode.
    Undecodable,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The file or directory that it is about.
    pub path: String,
    /// The module name that it is about, if there is one.
    pub name: Option<String>,
    /// The file that stands in the way, if there is one.
    pub by: Option<String>,
    /// The whole sentence, for a person.
    pub message: String,
}

impl Problem {
    fn new(kind: ProblemKind, path: String, message: String) -> Self {
        Self { kind, path, name: None, by: None, message }
    }

    pub(crate) fn shadowed(path: String, name: &str, by: &str) -> Self {
        let message = format!("{path} is never executed: {by} is '{name}' already; rename or remove one of them");
        Self { name: Some(name.to_owned()), by: Some(by.to_owned()), ..Self::new(ProblemKind::Shadowed, path, message) }
    }

    pub(crate) fn not_an_identifier(path: String, stem: &str) -> Self {
        let message = format!(
            "{path} cannot be imported: '{stem}' is no name in Python; rename it with letters, digits and underscores, or \
             ignore it"
        );
        Self::new(ProblemKind::NotAnIdentifier, path, message)
    }

    pub(crate) fn keyword(path: String, stem: &str) -> Self {
        let message =
            format!("{path} cannot be imported: '{stem}' is a keyword of Python; rename it, for example to '{stem}_'");
        Self::new(ProblemKind::Keyword, path, message)
    }

    pub(crate) fn hides(path: String, stem: &str, hidden: &str) -> Self {
        let message = format!(
            "{path} is not autoloaded: '{stem}' would hide {hidden}; rename it, give the root a top level, or pass \
             allow_shadowing=True"
        );
        Self { name: Some(stem.to_owned()), ..Self::new(ProblemKind::Hides, path, message) }
    }

    pub(crate) fn init_without_name(path: String) -> Self {
        let message = format!(
            "{path} is never executed: its folder is a root of top-level modules and stands for no package; pass top_level, \
             or remove the file"
        );
        Self::new(ProblemKind::InitWithoutName, path, message)
    }

    pub(crate) fn link_loop(path: String, to: &str) -> Self {
        let message = format!("{path} is not entered: the link leads back to {to}, around it; remove it, or ignore it");
        Self::new(ProblemKind::LinkLoop, path, message)
    }

    pub(crate) fn broken_link(path: String) -> Self {
        let message = format!("{path} is a link that leads nowhere; remove it, or put its target back");
        Self::new(ProblemKind::BrokenLink, path, message)
    }

    pub(crate) fn unreadable(path: String, reason: &str) -> Self {
        let message =
            format!("{path} is left out, as it cannot be read ({reason}); change its permissions, or ignore it");
        Self::new(ProblemKind::Unreadable, path, message)
    }

    pub(crate) fn undecodable(path: String) -> Self {
        let message = format!("{path} is left out: its name is not Unicode; rename it");
        Self::new(ProblemKind::Undecodable, path, message)
    }
}
