//! The JS door: the engine as a class for JavaScript, over a filesystem that JavaScript brings.

mod texts;

use std::collections::BTreeMap;

use pyautoload_wasm::vfs::{Host, HostVfs, MemoryVfs, Vfs, WithTexts};
use pyautoload_wasm::{Engine, Error, ErrorKind, Options, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::texts::JsTexts;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { GraphView, ModuleRecord, Options, Problem, Summary } from "./types.js";
import type { FileSystem } from "./vfs.js";
"#;

#[wasm_bindgen]
extern "C" {
    /// A filesystem of the host: `pkg/vfs.js` has the one over Pyodide's.
    #[wasm_bindgen(typescript_type = "FileSystem")]
    pub type FileSystem;

    #[wasm_bindgen(method, catch, js_name = readDir)]
    fn read_dir(this: &FileSystem, dir: &str) -> std::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn kind(this: &FileSystem, path: &str) -> std::result::Result<String, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn canonical(this: &FileSystem, path: &str) -> std::result::Result<String, JsValue>;

    #[wasm_bindgen(method, catch, js_name = readFiles)]
    fn read_files(this: &FileSystem, dir: &str, names: &str) -> std::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn read(this: &FileSystem, file: &str) -> std::result::Result<JsValue, JsValue>;
}

/// What the host threw, with the path that it was about.
fn refused(path: &str, thrown: &JsValue) -> Error {
    let reason = js_sys::Reflect::get(thrown, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| "the filesystem refused it".to_owned());
    Error::filesystem(format!("{path}: {reason}"))
}

/// The bytes that the host gave, about a path. What is none would throw where Rust cannot catch it.
fn bytes(path: &str, answer: std::result::Result<JsValue, JsValue>) -> Result<Vec<u8>> {
    let answer = answer.map_err(|thrown| refused(path, &thrown))?;
    match answer.dyn_into::<js_sys::Uint8Array>() {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(view) if js_sys::ArrayBuffer::is_view(&view) => {
            let bytes = bytes_of(&view).map_err(|thrown| refused(path, &thrown))?;
            Ok(bytes.to_vec())
        }
        Err(_) => Err(Error::filesystem(format!("{path}: the filesystem answered with what is no Uint8Array"))),
    }
}

/// The bytes that a `DataView` or an array of numbers of any size shows. A buffer that was given away throws.
fn bytes_of(view: &JsValue) -> std::result::Result<js_sys::Uint8Array, JsValue> {
    let part = |name: &str| js_sys::Reflect::get(view, &JsValue::from_str(name));
    let parts = js_sys::Array::of3(&part("buffer")?, &part("byteOffset")?, &part("byteLength")?);
    let class = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("Uint8Array"))?;
    js_sys::Reflect::construct(&class.unchecked_into::<js_sys::Function>(), &parts).map(JsCast::unchecked_into)
}

impl Host for FileSystem {
    fn read_dir(&self, dir: &str) -> Result<Vec<u8>> {
        bytes(dir, self.read_dir(dir))
    }

    fn kind(&self, path: &str) -> Result<String> {
        self.kind(path).map_err(|thrown| refused(path, &thrown))
    }

    fn canonical(&self, path: &str) -> Result<String> {
        self.canonical(path).map_err(|thrown| refused(path, &thrown))
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        bytes(file, self.read(file))
    }

    fn read_files(&self, dir: &str, names: &str) -> Result<Vec<u8>> {
        bytes(dir, self.read_files(dir, names))
    }
}

/// The one place where errors become JavaScript's: an `Error` whose `name` is the kind.
fn thrown(error: &Error) -> JsValue {
    let name = match error.kind {
        ErrorKind::Configuration => "ConfigurationError",
        ErrorKind::Filesystem => "AutoloadError",
        ErrorKind::Protocol => "TypeError",
    };
    let thrown = js_sys::Error::new(&error.message);
    thrown.set_name(name);
    thrown.into()
}

fn to_js<T: Serialize + ?Sized>(value: &T) -> std::result::Result<JsValue, JsValue> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|error| thrown(&Error::protocol(error.to_string())))
}

fn from_js<T: DeserializeOwned>(value: JsValue, what: &str) -> std::result::Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| thrown(&Error::configuration(format!("{what} cannot be read: {error}"))))
}

/// The options by way of JSON, as Python's door reads them: serde-wasm-bindgen looks only for the fields that it knows, and an option
/// that is spelled wrong would pass for none.
fn read_options(options: &JsValue) -> std::result::Result<Options, JsValue> {
    // What has no JSON form at all, such as undefined, gives undefined here and an error below.
    let text = JsValue::from(js_sys::JSON::stringify(options)?).as_string().unwrap_or_default();
    Options::read(&text).map_err(|error| thrown(&error))
}

/// Names, layout and graph of a project, without a Python: `new Engine(fileSystem)`, or `Engine.fromFiles({path: source})`.
#[wasm_bindgen(js_name = Engine)]
pub struct JsEngine {
    inner: Engine<Box<dyn Vfs>>,
}

impl JsEngine {
    fn over(files: impl Vfs + 'static) -> Self {
        Self { inner: Engine::new(Box::new(WithTexts { files, texts: JsTexts })) }
    }
}

#[wasm_bindgen(js_class = Engine)]
impl JsEngine {
    /// An engine over a filesystem.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(files: FileSystem) -> Self {
        console_error_panic_hook::set_once();
        Self::over(HostVfs(files))
    }

    /// An engine over files that JavaScript holds: absolute path to source.
    ///
    /// # Errors
    /// Where `files` is no object of strings.
    #[wasm_bindgen(js_name = fromFiles)]
    pub fn from_files(
        #[wasm_bindgen(unchecked_param_type = "{ [path: string]: string }")] files: JsValue,
    ) -> std::result::Result<Self, JsValue> {
        console_error_panic_hook::set_once();
        let files: BTreeMap<String, String> = from_js(files, "the files")?;
        Ok(Self::over(MemoryVfs::from_iter(files)))
    }

    /// Takes roots and rules.
    ///
    /// # Errors
    /// A `ConfigurationError` for an option that is wrong; the options before it stay in force.
    pub fn configure(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Partial<Options>")] options: &JsValue,
    ) -> std::result::Result<(), JsValue> {
        self.inner.configure(&read_options(options)?).map_err(|error| thrown(&error))
    }

    /// Scans all roots, in place of what was known before.
    ///
    /// # Errors
    /// An `AutoloadError` where a root cannot be read.
    #[wasm_bindgen(unchecked_return_type = "Summary")]
    pub fn scan(&mut self) -> std::result::Result<JsValue, JsValue> {
        to_js(&self.inner.scan().map_err(|error| thrown(&error))?)
    }

    /// The records of all modules, parents first.
    ///
    /// # Errors
    /// None that a caller can cause.
    #[wasm_bindgen(unchecked_return_type = "ModuleRecord[]")]
    pub fn records(&mut self) -> std::result::Result<JsValue, JsValue> {
        to_js(&self.inner.records())
    }

    /// Who imports whom.
    ///
    /// # Errors
    /// None that a caller can cause.
    #[wasm_bindgen(unchecked_return_type = "GraphView")]
    pub fn graph(&mut self) -> std::result::Result<JsValue, JsValue> {
        to_js(&self.inner.graph().view())
    }

    /// What is wrong with the project, without running any of it, by path and line.
    ///
    /// # Errors
    /// None that a caller can cause.
    #[wasm_bindgen(unchecked_return_type = "Problem[]")]
    pub fn check(&mut self) -> std::result::Result<JsValue, JsValue> {
        to_js(&self.inner.check())
    }

    /// What is wrong with the layout, by path.
    ///
    /// # Errors
    /// None that a caller can cause.
    #[wasm_bindgen(unchecked_return_type = "Problem[]")]
    pub fn problems(&self) -> std::result::Result<JsValue, JsValue> {
        to_js(self.inner.problems())
    }

    /// The Python facade's requests, as JSON; see the `engine` module of the core. What is no string is answered with an error: taken
    /// for one, it would be read as an address.
    #[must_use]
    pub fn request(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue) -> String {
        self.inner.request(&text.as_string().unwrap_or_default())
    }
}
