//! The wheels in `dist/`: the native one by maturin, and the one for Pyodide, put together here, since maturin wants the
//! Emscripten SDK for it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::cargo::{self, Library};
use crate::facade;
use crate::files::{self, Stamp};
use crate::labextension;
use crate::settings::PyodideWheel;
use crate::size;
use crate::wheel::Wheel;

/// An abi3 extension works in the Python that it was made for, and in all later ones.
const PYTHON_TAGS: &str = "cp311-abi3";

/// Builds the wheel for the Python of `.venv` and its successors on this machine. The wheels for Pyodide have to be there.
pub fn native_wheel(root: &Path) -> Result<()> {
    fs::create_dir_all(root.join("dist"))?;
    remove(&root.join("dist"), |other| !other.ends_with("_wasm32.whl") && !other.ends_with(".tar.gz"))?;
    let mut maturin = cargo::python_program(root, "maturin")?;
    maturin.args(["build", "--locked", "--quiet", "--out", "dist", "--interpreter"]);
    cargo::run(maturin.arg(cargo::installed(&root.join(".venv/bin/python"))?))?;
    labextension::add(root)
}

/// Packs the sources from which a wheel can be built where there is none for the platform.
pub fn sdist(root: &Path) -> Result<()> {
    fs::create_dir_all(root.join("dist"))?;
    remove(&root.join("dist"), |other| other.ends_with(".tar.gz"))?;
    cargo::run(cargo::python_program(root, "maturin")?.args(["sdist", "--out", "dist"]))
}

/// Builds the two wheels for Pyodide, which hold the same files under different tags.
pub fn pyodide_wheels(root: &Path, settings: &PyodideWheel) -> Result<()> {
    let compiled = side_module(root, settings)?;
    let work = compiled.parent().context("a file has a folder")?.join("pyodide-wheel");
    fs::create_dir_all(&work)?;
    let extension = work.join("_engine.abi3.so");
    let inputs = (files::read(&compiled)?, &settings.wasm_opt, files::read(&root.join("package-lock.json"))?);
    let stamp = Stamp::new(&work, "extension", &inputs);
    if !stamp.is_current(std::slice::from_ref(&extension)) {
        files::write(&extension, &inputs.0)?;
        cargo::optimize(root, &extension, &settings.wasm_opt)?;
        stamp.set()?;
    }
    let extension = files::read(&extension)?;

    let dist_info = metadata(root, &work)?;
    let dist_info_name = name_of(&dist_info)?;
    let project = dist_info_name.strip_suffix(".dist-info").context("maturin names the folder so")?;
    let mut wheel = Wheel::new(dist_info_name);
    for (name, text) in facade::read(&root.join("python/pyautoload_wasm"))? {
        wheel.add(format!("pyautoload_wasm/{name}"), text);
    }
    wheel.add("pyautoload_wasm/_engine.abi3.so", extension.clone());
    // What the npm package hands to Python, this wheel has to bring.
    for script in ["changes.js", "drive.js", "memfs.js", "storage.js", "vfs.js", "watch.js"] {
        wheel.add(format!("pyautoload_wasm/{script}"), files::read(&root.join("pkg").join(script))?);
    }
    add_dir(&mut wheel, &dist_info, dist_info_name)?;
    let dist = root.join("dist");
    fs::create_dir_all(&dist)?;
    let named = [&settings.platforms, &settings.older_platforms]
        .map(|platforms| (platforms, format!("{project}-{PYTHON_TAGS}-{}.whl", platforms.join("."))));
    remove(&dist, |other| other.ends_with("_wasm32.whl") && named.iter().all(|(_, name)| other != name))?;
    for (platforms, name) in &named {
        wheel.add(format!("{dist_info_name}/WHEEL"), wheel_file(platforms));
        files::write(&dist.join(name), &wheel.finish()?)?;
        println!("dist/{name}");
    }
    size::check("_engine.abi3.so in it", &extension, settings.gzipped_bytes_at_most)
}

/// Compiles the core as a WebAssembly dynamic library with Python's entry point.
fn side_module(root: &Path, settings: &PyodideWheel) -> Result<PathBuf> {
    let compiled = Library {
        binding: &settings.binding,
        target: "wasm32-unknown-emscripten",
        profile: &settings.profile,
        variables: vec![
            ("CARGO_TARGET_WASM32_UNKNOWN_EMSCRIPTEN_LINKER", cargo::build_tool("linker")?.into()),
            ("WASM_LD", cargo::installed(&root.join(".cache/bin/wasm-ld"))?.into()),
            ("CARGO_TARGET_WASM32_UNKNOWN_EMSCRIPTEN_RUSTFLAGS", "-C relocation-model=pic".into()),
        ],
    };
    compiled.build(root)
}

/// Has maturin write the metadata that it would put into the native wheel, so that the two wheels say the same.
fn metadata(root: &Path, work: &Path) -> Result<PathBuf> {
    let dir = work.join("metadata");
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    let mut maturin = cargo::python_program(root, "maturin")?;
    maturin.args(["pep517", "write-dist-info", "--metadata-directory"]).arg(&dir).arg("--interpreter");
    maturin.arg(cargo::installed(&root.join(".venv/bin/python"))?);
    let output = maturin.output().context("starting maturin")?;
    ensure!(output.status.success(), "maturin gave no metadata:\n{}", String::from_utf8_lossy(&output.stderr));
    let entry = fs::read_dir(&dir)?.next().context("maturin wrote no metadata")?;
    Ok(entry?.path())
}

/// Removes the files of earlier versions, so that `dist/` holds one of each kind.
fn remove(dist: &Path, is_old: impl Fn(&str) -> bool) -> Result<()> {
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        let name = name_of(&path)?;
        if path.is_file() && is_old(name) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn wheel_file(platforms: &[String]) -> String {
    let tags = platforms.iter().map(|platform| format!("Tag: {PYTHON_TAGS}-{platform}\n"));
    format!(
        "Wheel-Version: 1.0\nGenerator: pyautoload_wasm's own build\nRoot-Is-Purelib: false\n{}",
        tags.collect::<String>()
    )
}

fn add_dir(wheel: &mut Wheel, dir: &Path, prefix: &str) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = format!("{prefix}/{}", name_of(&path)?);
        if path.is_dir() {
            add_dir(wheel, &path, &name)?;
        } else {
            wheel.add(name, files::read(&path)?);
        }
    }
    Ok(())
}

fn name_of(path: &Path) -> Result<&str> {
    path.file_name().and_then(|name| name.to_str()).with_context(|| format!("{} has no name", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_names_each_of_its_tags_on_a_line() {
        let text = wheel_file(&["one_wasm32".into(), "two_wasm32".into()]);
        assert!(text.ends_with("\nTag: cp311-abi3-one_wasm32\nTag: cp311-abi3-two_wasm32\n"), "{text}");
    }
}
