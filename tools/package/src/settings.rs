//! What is settled outside this program: `wasm-pack.toml`, and the version in Cargo.toml.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The settings of every build.
pub struct Settings {
    /// The one version number of the project.
    pub version: String,
    /// How `pkg/` is built.
    pub npm: Npm,
    /// How the wheel for Pyodide is built.
    pub pyodide_wheel: PyodideWheel,
}

/// The table `[npm]` of `wasm-pack.toml`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Npm {
    /// What the glue is for, in wasm-bindgen's words.
    pub target: Target,
    /// The folder that the package is built in.
    pub out_dir: String,
    /// The stem of the files that wasm-bindgen writes.
    pub out_name: String,
    /// The binding that is compiled.
    #[serde(rename = "crate")]
    pub binding: String,
    /// Cargo's profile.
    pub profile: String,
    /// The arguments of rustc.
    pub rustflags: String,
    /// The arguments of wasm-opt.
    pub wasm_opt: Vec<String>,
    /// The budget of the wasm file.
    pub gzipped_bytes_at_most: u64,
}

/// The table `[pyodide-wheel]` of `wasm-pack.toml`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PyodideWheel {
    /// The binding that is compiled.
    #[serde(rename = "crate")]
    pub binding: String,
    /// Cargo's profile.
    pub profile: String,
    /// The arguments of wasm-opt.
    pub wasm_opt: Vec<String>,
    /// The budget of the extension.
    pub gzipped_bytes_at_most: u64,
    /// The platform tags of the wheel for the package index.
    pub platforms: Vec<String>,
    /// The platform tags of the wheel for Pyodides whose tags the package index does not know.
    pub older_platforms: Vec<String>,
}

/// The targets of wasm-bindgen that this build knows. The entry in `pkg/index.js` is written for `web`: an ES module that
/// is told where its wasm is, which works in pages, workers and Node.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    Web,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WasmPack {
    npm: Npm,
    pyodide_wheel: PyodideWheel,
}

#[derive(Deserialize)]
struct Manifest {
    workspace: Workspace,
}

#[derive(Deserialize)]
struct Workspace {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    version: String,
}

impl Settings {
    /// Reads them from the files at the top of the repository.
    pub fn read(root: &Path) -> Result<Self> {
        let WasmPack { npm, pyodide_wheel } = read_toml(&root.join("wasm-pack.toml"))?;
        let Manifest { workspace: Workspace { package } } = read_toml(&root.join("Cargo.toml"))?;
        Ok(Self { version: package.version, npm, pyodide_wheel })
    }
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("in {}", path.display()))
}
