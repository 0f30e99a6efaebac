//! The Python door: the engine as a compiled extension, over the filesystem of the process, or over one that Python brings: in Pyodide
//! JavaScript's, which answers for a whole directory in the time that Emscripten's C library takes for a file.

#[cfg(not(target_os = "emscripten"))]
mod native_texts;
#[cfg(target_os = "emscripten")]
mod pyodide_texts;

use std::sync::{Mutex, PoisonError};

use pyautoload_wasm::vfs::{DiskVfs, Host, HostVfs, Texts, Vfs, WithTexts};
use pyautoload_wasm::{Engine, Error, Result};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A Python object with the methods of `FileSystem` in `pkg/vfs.js`.
struct Files(Py<PyAny>);

impl Files {
    /// Calls a method, about a path, and takes its answer.
    fn ask<T>(
        &self,
        method: &str,
        arguments: impl for<'py> pyo3::call::PyCallArgs<'py>,
        path: &str,
        answer: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<T>,
    ) -> Result<T> {
        Python::attach(|py| {
            let answered = self.0.bind(py).call_method1(method, arguments).and_then(|answered| answer(&answered));
            answered.map_err(|error| {
                let thrown = error.value(py);
                let message = thrown.getattr("message").unwrap_or_else(|_| thrown.clone().into_any());
                Error::filesystem(format!("{path}: {message}"))
            })
        })
    }
}

fn text(answer: &Bound<'_, PyAny>) -> PyResult<String> {
    answer.extract()
}

fn bytes(answer: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    Ok(answer.call_method0("to_bytes")?.cast::<PyBytes>()?.as_bytes().to_vec())
}

impl Host for Files {
    fn read_dir(&self, dir: &str) -> Result<Vec<u8>> {
        self.ask("readDir", (dir,), dir, bytes)
    }

    fn kind(&self, path: &str) -> Result<String> {
        self.ask("kind", (path,), path, text)
    }

    fn canonical(&self, path: &str) -> Result<String> {
        self.ask("canonical", (path,), path, text)
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        self.ask("read", (file,), file, bytes)
    }

    fn read_files(&self, dir: &str, names: &str) -> Result<Vec<u8>> {
        self.ask("readFiles", (dir, names), dir, bytes)
    }
}

/// An engine that Python calls: JSON text in, JSON text out. See the `engine` module of the core.
#[pyclass(frozen, module = "pyautoload_wasm._engine")]
struct OpenEngine {
    inner: Mutex<Engine<Box<dyn Vfs + Send>>>,
}

#[pymethods]
impl OpenEngine {
    fn __call__(&self, py: Python<'_>, text: &str) -> String {
        // Another thread may hold the engine and want the interpreter: so it is waited for without the interpreter.
        py.detach(|| self.inner.lock().unwrap_or_else(PoisonError::into_inner).request(text))
    }
}

#[cfg(not(target_os = "emscripten"))]
#[expect(clippy::unnecessary_wraps, reason = "in Pyodide it can fail")]
fn texts(_py: Python<'_>) -> PyResult<native_texts::NativeTexts> {
    Ok(native_texts::NativeTexts)
}

#[cfg(target_os = "emscripten")]
fn texts(py: Python<'_>) -> PyResult<pyodide_texts::PyodideTexts> {
    pyodide_texts::PyodideTexts::new(py)
}

fn boxed(files: impl Vfs + Send + 'static, texts: impl Texts + Send + 'static) -> Box<dyn Vfs + Send> {
    Box::new(WithTexts { files, texts })
}

/// Opens an engine without roots, over the process's filesystem or `files`.
#[pyfunction]
#[pyo3(signature = (files=None))]
fn open_engine(py: Python<'_>, files: Option<Py<PyAny>>) -> PyResult<OpenEngine> {
    let texts = texts(py)?;
    let vfs = match files {
        Some(files) => boxed(HostVfs(Files(files)), texts),
        None => boxed(DiskVfs, texts),
    };
    Ok(OpenEngine { inner: Mutex::new(Engine::new(vfs)) })
}

/// The extension module of the Python package.
#[pymodule]
mod _engine {
    #[pymodule_export]
    use super::{OpenEngine, open_engine};
}
