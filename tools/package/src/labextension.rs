//! The extension for `JupyterLite` in the native wheel: a site is built on a desktop, from what is installed there. It carries the wheel for
//! Pyodide, so that `%pip install` finds that in any such site.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::files;
use crate::wheel::Wheel;

/// Adds the extension to the native wheels in `dist/`, as maturin has built them.
pub fn add(root: &Path) -> Result<()> {
    for entry in fs::read_dir(root.join("dist"))? {
        let path = entry?.path();
        let is_wheel = path.extension().is_some_and(|kind| kind == "whl");
        if is_wheel && !path.to_string_lossy().ends_with("_wasm32.whl") {
            add_to(root, &path)?;
        }
    }
    Ok(())
}

fn add_to(root: &Path, native: &Path) -> Result<()> {
    let mut wheel = Wheel::read(&files::read(native)?)?;
    let pyodide = pyodide_wheel(root)?;
    let name = pyodide.file_name().and_then(|name| name.to_str()).context("a wheel has a name")?;
    let project = name.split("-cp").next().context("a wheel's name has its version")?;
    let version = project.rsplit('-').next().context("a wheel's name has its version")?;
    let content = files::read(&pyodide)?;
    let mut description: Value = serde_json::from_str(&files::read_text(&root.join("labextension/package.json"))?)?;
    description["version"] = version.into();
    let top = format!("{project}.data/data/share/jupyter/labextensions/pyautoload-wasm");
    wheel.add(format!("{top}/package.json"), serde_json::to_string_pretty(&description)?);
    wheel.add(format!("{top}/static/extension.js"), files::read(&root.join("labextension/extension.js"))?);
    wheel.add(format!("{top}/static/pypi/all.json"), serde_json::to_string_pretty(&index(name, version, &content)?)?);
    wheel.add(format!("{top}/static/pypi/{name}"), content);
    files::write(native, &wheel.finish()?)
}

/// The wheel of those for Pyodide that `PyPI` takes.
fn pyodide_wheel(root: &Path) -> Result<PathBuf> {
    for entry in fs::read_dir(root.join("dist"))? {
        let path = entry?.path();
        if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.contains("-pyemscripten_")) {
            return Ok(path);
        }
    }
    anyhow::bail!("dist/ has no wheel for Pyodide: build it first, with pyodide-wheels")
}

/// The index that piplite reads.
fn index(name: &str, version: &str, content: &[u8]) -> Result<Value> {
    let mut digest = String::new();
    for byte in Sha256::digest(content) {
        write!(digest, "{byte:02x}")?;
    }
    let file = json!({
        "filename": name,
        "url": format!("./{name}"),
        "digests": { "sha256": digest },
        "size": content.len(),
        "packagetype": "bdist_wheel",
        "python_version": "cp311",
        "requires_python": ">=3.11",
        "yanked": false,
        "yanked_reason": null,
    });
    Ok(json!({ "pyautoload-wasm": { "releases": { version: [file] } } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_names_the_wheel_by_its_hash() {
        let index = index("a-1-cp311.whl", "1", b"x = 1\n").unwrap();
        let file = &index["pyautoload-wasm"]["releases"]["1"][0];
        assert_eq!(file["url"], "./a-1-cp311.whl");
        assert_eq!(file["digests"]["sha256"], "9e26bf369911c45c243c684147b23fc9e1dcfcf257d299a1c632016a6fcd33f4");
    }
}
