//! JavaScript's tables of normal forms and encodings.

use pyautoload_wasm::vfs::Texts;
use pyautoload_wasm::{Error, Result};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type TextDecoder;

    #[wasm_bindgen(constructor, catch)]
    fn new(label: &str, options: &JsValue) -> std::result::Result<TextDecoder, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, bytes: &js_sys::Uint8Array) -> std::result::Result<String, JsValue>;
}

/// `String.prototype.normalize` and `TextDecoder`, which every engine of JavaScript has.
pub struct JsTexts;

impl Texts for JsTexts {
    fn normalize(&self, text: &str) -> String {
        js_sys::JsString::from(text).normalize("NFKC").into()
    }

    fn decode(&self, label: &str, bytes: &[u8]) -> Result<Option<String>> {
        let options = js_sys::Object::new();
        // A new object takes any property.
        let _ = js_sys::Reflect::set(&options, &"fatal".into(), &JsValue::TRUE);
        let Ok(decoder) = TextDecoder::new(label, &options) else { return Ok(None) };
        // A copy, as TextDecoder refuses views of a memory that threads share.
        let text = decoder.decode(&js_sys::Uint8Array::from(bytes));
        text.map(Some).map_err(|_| Error::filesystem(format!("the bytes are not {label}")))
    }
}
