//! The tables of a desktop: crates' own. Python's need imports, and an import may ask the engine, which its caller holds.

use encoding_rs::Encoding;
use pyautoload_wasm::vfs::Texts;
use pyautoload_wasm::{Error, Result};
use unicode_normalization::UnicodeNormalization;

/// What JavaScript has built in: its normal forms, and the encodings of the web.
#[derive(Debug)]
pub struct NativeTexts;

impl Texts for NativeTexts {
    fn normalize(&self, text: &str) -> String {
        text.nfkc().collect()
    }

    fn decode(&self, label: &str, bytes: &[u8]) -> Result<Option<String>> {
        let Some(encoding) = Encoding::for_label(label.as_bytes()) else { return Ok(None) };
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        let text = decoded.ok_or_else(|| Error::filesystem(format!("the bytes are not {label}")))?;
        Ok(Some(text.into_owned()))
    }
}
