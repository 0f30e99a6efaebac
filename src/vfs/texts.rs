//! What the core leaves to its host: the tables of Unicode's normal forms and of encodings. Every host has them, and they would double the
//! wasm.

use std::borrow::Cow;

use crate::error::Result;
use crate::name::is_surely_normal;

/// A host's tables.
///
/// Whoever asks holds the engine. So an implementation must not run Python: a codec of Python is a module that has to be imported first, and
/// an import may ask the engine.
pub trait Texts {
    /// A text in Unicode's normal form NFKC, in which Python compares identifiers.
    fn normalize(&self, text: &str) -> String;

    /// The text of some bytes; none where the host does not know the encoding. The label is one of the web's
    /// ([Encoding Standard](https://encoding.spec.whatwg.org/#names-and-labels)).
    ///
    /// # Errors
    /// Where the bytes are not in that encoding.
    fn decode(&self, label: &str, bytes: &[u8]) -> Result<Option<String>>;
}

/// No tables: names are what is written, and no encoding is known but those of the core.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTexts;

impl Texts for NoTexts {
    fn normalize(&self, text: &str) -> String {
        text.to_owned()
    }

    fn decode(&self, _label: &str, _bytes: &[u8]) -> Result<Option<String>> {
        Ok(None)
    }
}

/// A name as Python has it once it is parsed. Few names have to be asked for.
pub fn normal<'a>(texts: &dyn Texts, name: &'a str) -> Cow<'a, str> {
    if is_surely_normal(name) {
        return Cow::Borrowed(name);
    }
    let normalized = texts.normalize(name);
    if normalized == name { Cow::Borrowed(name) } else { Cow::Owned(normalized) }
}

/// The tables of crates, for tests.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct Tables;

#[cfg(test)]
impl Texts for Tables {
    fn normalize(&self, text: &str) -> String {
        unicode_normalization::UnicodeNormalization::nfkc(text).collect()
    }

    fn decode(&self, label: &str, bytes: &[u8]) -> Result<Option<String>> {
        let Some(encoding) = encoding_rs::Encoding::for_label(label.as_bytes()) else { return Ok(None) };
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        let text = decoded.ok_or_else(|| crate::Error::filesystem("malformed".to_owned()))?;
        Ok(Some(text.into_owned()))
    }
}
