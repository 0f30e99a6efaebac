//! The answers to requests, as they stand in JSON.

use serde::{Deserialize, Serialize};

use crate::error::Error;

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
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer<T> {
    Ok(T),
    Error(Error),
}

pub(crate) fn ok<T: Serialize>(value: &T) -> String {
    json(&Answer::Ok(value))
}

/// Plain data always has a JSON form; the words for the case that it has none are valid JSON as well.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .unwrap_or_else(|_| r#"{"error":{"kind":"protocol","message":"the answer has no JSON form"}}"#.to_owned())
}
