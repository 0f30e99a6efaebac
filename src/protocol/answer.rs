//! The data that requests are answered with, where no other room has a type for it; and the JSON form of all answers.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::name::ModuleName;
use crate::protocol::request::Answer;

/// What a scan has found, in numbers and in the names that the finder starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many modules there are.
    pub modules: usize,
    /// How many directories were listed.
    pub directories: usize,
    /// How many problems there are.
    pub problems: usize,
    /// The stems of the top-level modules, between spaces.
    pub top_level: String,
    /// Links to directories and to source files, each followed by the path without links that it stands for, with a NUL behind each path.
    pub links: String,
}

/// Dotted names between spaces: Python splits one string faster than it reads many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names(String);

impl FromIterator<ModuleName> for Names {
    fn from_iter<T: IntoIterator<Item = ModuleName>>(names: T) -> Self {
        let mut joined = String::new();
        for name in names {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(&name);
        }
        Self(joined)
    }
}

/// Some of all modules: a `1` or a `0` for each, in the order of their names, since names are long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks(pub String);

/// A module, for an inflector that is not the engine's: the attribute that it would have by the engine's, the one that it has, its name
/// and its path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToInflect(pub Option<String>, pub Option<String>, pub ModuleName, pub String);

/// An answer as it crosses.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Envelope<'a> {
    Ok(&'a Answer),
    Error(&'a Error),
}

/// The JSON form of an answer: `{"ok": …}`, or `{"error": {"kind": …, "message": …}}`.
pub(crate) fn json(answer: &Result<Answer>) -> String {
    let envelope = match answer {
        Ok(answer) => Envelope::Ok(answer),
        Err(error) => Envelope::Error(error),
    };
    // Plain data always has a JSON form; the words for the case that it has none are valid JSON as well.
    serde_json::to_string(&envelope)
        .unwrap_or_else(|_| r#"{"error":{"kind":"protocol","message":"the answer has no JSON form"}}"#.to_owned())
}
