//! The tables of a browser, which spare the wheel for Pyodide those of its own. Neither way imports a module at the time of a question: an
//! import may ask the engine, which its caller holds.

use pyautoload_wasm::vfs::Texts;
use pyautoload_wasm::{Error, Result};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

/// Python's `unicodedata.normalize` and JavaScript's `TextDecoder`.
pub struct PyodideTexts {
    normalize: Py<PyAny>,
    decoder: Py<PyAny>,
    to_js: Py<PyAny>,
}

impl PyodideTexts {
    /// Imports what the questions need.
    pub fn new(py: Python<'_>) -> PyResult<Self> {
        Ok(Self {
            normalize: py.import("unicodedata")?.getattr("normalize")?.unbind(),
            decoder: py
                .import("pyautoload_wasm._base.host")?
                .call_method0("javascript_globals")?
                .getattr("TextDecoder")?
                .unbind(),
            to_js: py.import("pyodide.ffi")?.getattr("to_js")?.unbind(),
        })
    }
}

impl Texts for PyodideTexts {
    fn normalize(&self, text: &str) -> String {
        let normalized = Python::attach(|py| self.normalize.bind(py).call1(("NFKC", text))?.extract());
        normalized.unwrap_or_else(|_: PyErr| text.to_owned()) // A text of the core has no lone surrogate, which it would refuse.
    }

    fn decode(&self, label: &str, bytes: &[u8]) -> Result<Option<String>> {
        Python::attach(|py| {
            let options = PyDict::new(py);
            let decoder = options
                .set_item("fatal", true)
                .and_then(|()| self.decoder.bind(py).getattr("new")?.call((label,), Some(&options)));
            let Ok(decoder) = decoder else { return Ok(None) };
            let text = self
                .to_js
                .bind(py)
                .call1((PyBytes::new(py, bytes),))
                .and_then(|bytes| decoder.call_method1("decode", (bytes,))?.extract());
            text.map(Some).map_err(|_| Error::filesystem(format!("the bytes are not {label}")))
        })
    }
}
