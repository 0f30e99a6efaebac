//! The Python door: the engine as a compiled extension, over the filesystem of the process. In Pyodide that is Emscripten's.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

use crate::engine::Engine;
use crate::vfs::DiskVfs;

/// An engine that Python calls: JSON text in, JSON text out. See the `engine` module of the core.
#[pyclass(frozen, module = "pyautoload_wasm._engine")]
struct OpenEngine {
    inner: Mutex<Engine<DiskVfs>>,
}

#[pymethods]
impl OpenEngine {
    fn __call__(&self, py: Python<'_>, text: &str) -> String {
        // Another thread may hold the engine and want the interpreter: so it is waited for without the interpreter.
        py.detach(|| self.inner.lock().unwrap_or_else(PoisonError::into_inner).request(text))
    }
}

/// Opens an engine without roots.
#[pyfunction]
fn open_engine() -> OpenEngine {
    OpenEngine { inner: Mutex::new(Engine::new(DiskVfs)) }
}

/// The extension module of the Python package.
#[pymodule]
mod _engine {
    #[pymodule_export]
    use super::{OpenEngine, open_engine};
}
