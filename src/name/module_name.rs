//! Names as Python has them: what an identifier is, and dotted module names that are known to be valid.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Error, Result};

/// Whether a word is an identifier of Python, keywords included: `str.isidentifier`.
///
/// ```
/// use pyautoload_wasm::name::is_identifier;
/// assert!(is_identifier("html_parser") && is_identifier("größe"));
/// assert!(!is_identifier("2fast") && !is_identifier("my-file") && !is_identifier(""));
/// ```
#[must_use]
pub fn is_identifier(word: &str) -> bool {
    if word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return word.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    }
    let mut chars = word.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(unicode_ident::is_xid_continue)
}

/// Whether a word is one of Python's hard keywords, which no import statement can name
/// ([reference, 2.3.1](https://docs.python.org/3/reference/lexical_analysis.html#keywords)). Soft keywords (`match`, `type`, …) are
/// legal names.
///
/// ```
/// use pyautoload_wasm::name::is_keyword;
/// assert!(is_keyword("class") && is_keyword("None"));
/// assert!(!is_keyword("match") && !is_keyword("classes"));
/// ```
#[must_use]
pub fn is_keyword(word: &str) -> bool {
    // By length, so that most words are told by that alone.
    match word.len() {
        2 => matches!(word, "as" | "if" | "in" | "is" | "or"),
        3 => matches!(word, "and" | "def" | "del" | "for" | "not" | "try"),
        4 => matches!(word, "None" | "True" | "elif" | "else" | "from" | "pass" | "with"),
        5 => matches!(word, "False" | "async" | "await" | "break" | "class" | "raise" | "while" | "yield"),
        6 => matches!(word, "assert" | "except" | "global" | "import" | "lambda" | "return"),
        7 => word == "finally",
        8 => matches!(word, "continue" | "nonlocal"),
        _ => false,
    }
}

/// A dotted module name, each part of which an import statement can name; or the empty name, the top level.
///
/// It dereferences to `str`, and a map whose keys are module names can be asked with a `&str`.
///
/// ```
/// use pyautoload_wasm::ModuleName;
/// let name = ModuleName::new("myapp.models.user")?;
/// assert_eq!(name.parent(), Some("myapp.models"));
/// assert_eq!(name.stem(), "user");
/// assert!(ModuleName::new("myapp..user").is_err());
/// assert!(ModuleName::new("myapp.class").unwrap_err().to_string().contains("keyword"));
/// # Ok::<(), pyautoload_wasm::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct ModuleName(String);

impl ModuleName {
    /// Takes a dotted name, or says which part of it is wrong.
    ///
    /// # Errors
    /// A configuration error for an empty part, a part that is no identifier, and a keyword.
    pub fn new(name: &str) -> Result<Self> {
        let fault = |part: &str, what: &str| {
            Error::configuration(format!(
                "'{name}' cannot be imported: {what} {}write it like 'myapp.models'",
                if part.is_empty() { String::new() } else { format!("('{part}'); ") }
            ))
        };
        for part in name.split('.') {
            if part.is_empty() {
                return Err(fault("", "a part of the dotted name is empty;"));
            }
            if !is_identifier(part) {
                return Err(fault(part, "a part of it is no identifier"));
            }
            if is_keyword(part) {
                return Err(fault(part, "a part of it is a keyword of Python"));
            }
        }
        Ok(Self(name.to_owned()))
    }

    /// The top level: the namespace that holds modules like `os`.
    #[must_use]
    pub const fn top_level() -> Self {
        Self(String::new())
    }

    /// The dotted name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name before the last dot; none for a top-level module and for the top level itself.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('.').map(|(parent, _)| parent)
    }

    /// The name after the last dot.
    #[must_use]
    pub fn stem(&self) -> &str {
        stem(&self.0)
    }

    /// The name of a module in this namespace. The stem must be importable.
    #[must_use]
    pub(crate) fn child(&self, stem: &str) -> Self {
        debug_assert!(is_identifier(stem) && !is_keyword(stem), "{stem:?} below {self}");
        Self(join(&self.0, stem))
    }

    /// The name of a namespace around this one: what [`Self::parent`] gives.
    #[must_use]
    pub(crate) fn namespace(&self) -> Self {
        Self(self.parent().unwrap_or_default().to_owned())
    }
}

/// The part of a dotted name after its last dot.
#[must_use]
pub fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, stem)| stem)
}

/// Joins a namespace and a stem; the top level adds nothing.
#[must_use]
pub fn join(namespace: &str, stem: &str) -> String {
    if namespace.is_empty() {
        return stem.to_owned();
    }
    let mut name = String::with_capacity(namespace.len() + 1 + stem.len());
    name.push_str(namespace);
    name.push('.');
    name.push_str(stem);
    name
}

impl fmt::Display for ModuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ModuleName {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        if name.is_empty() { Ok(Self::top_level()) } else { Self::new(&name) }
    }
}

impl Serialize for ModuleName {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Deref for ModuleName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ModuleName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for ModuleName {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for ModuleName {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! names {
        ($($test:ident: $name:expr => $fault:expr;)*) => {$(
            #[test]
            fn $test() {
                let fault: Option<&str> = $fault;
                match (ModuleName::new($name), fault) {
                    (Ok(name), None) => assert_eq!(name.as_str(), $name),
                    (Err(error), Some(part)) => assert!(error.message.contains(part), "{error}"),
                    (got, _) => panic!("{got:?}"),
                }
            }
        )*};
    }

    names! {
        one_part: "user" => None;
        dotted: "myapp.models.user" => None;
        private: "_x.__main__" => None;
        not_ascii: "größe.数" => None;
        soft_keyword: "match.type" => None;
        empty: "" => Some("empty");
        two_dots: "a..b" => Some("empty");
        leading_dot: ".a" => Some("empty");
        trailing_dot: "a." => Some("empty");
        dash: "my-app" => Some("('my-app')");
        digit_first: "a.2b" => Some("('2b')");
        keyword: "a.class.b" => Some("keyword of Python ('class')");
        space: "a b" => Some("no identifier");
        emoji: "a.🦀" => Some("('🦀')");
        nul: "a\0" => Some("no identifier");
    }

    #[test]
    fn all_hard_keywords_are_known() {
        let keywords = "False None True and as assert async await break class continue def del elif else except finally for from \
                        global if import in is lambda nonlocal not or pass raise return try while with yield";
        assert!(keywords.split(' ').all(is_keyword));
        assert_eq!(keywords.split(' ').count(), 35);
        assert!(!["match", "case", "type", "_", "print", "exec", "Class", ""].into_iter().any(is_keyword));
    }
}
