//! `pkg/`: the engine compiled and bound to JavaScript, the Python facade, and the types of all of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wasm_bindgen_cli_support::Bindgen;

use crate::cargo::Library;
use crate::settings::{Npm, Settings, Target};
use crate::{cargo, facade, files, size, traced, types};

const INLINE_DECLARATION: &str = "/** The contents of engine_bg.wasm, compressed with gzip, as base64. */\n\
                                  export declare const gzipped: string;\n";

/// What an import of the file gives where a bundler makes an asset of it.
const ADDRESS_DECLARATION: &str = "/** The address of the file, as bundlers give it for an asset. */\n\
                                   declare const address: string;\nexport default address;\n";

/// Builds what of `pkg/` is not written by hand.
pub fn build(root: &Path, settings: &Settings) -> Result<()> {
    let npm = &settings.npm;
    let out = root.join(&npm.out_dir);
    engine(root, &out, npm)?;
    let python = facade::read(&root.join("python/pyautoload_wasm"))?;
    files::write(&out.join("facade.js"), facade::module(&python)?.as_bytes())?;
    files::write(&out.join("facade.d.ts"), facade::DECLARATION.as_bytes())?;
    files::write(&out.join("types.d.ts"), types::declarations(&traced::javascript()?)?.as_bytes())?;
    let wasm = wasm_file(&out, npm);
    files::write(&out.join("engine_inline.js"), inline(&files::read(&wasm)?)?.as_bytes())?;
    files::write(&out.join("engine_inline.d.ts"), INLINE_DECLARATION.as_bytes())?;
    files::write(&out.join(format!("{}_bg.wasm.d.ts", npm.out_name)), ADDRESS_DECLARATION.as_bytes())?;
    declare_entry(root, &out, npm)?;
    set_version(&out.join("package.json"), &settings.version)?;
    for name in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        files::write(&out.join(name), &files::read(&root.join(name))?)?;
    }
    size::check(&wasm.display().to_string(), &files::read(&wasm)?, npm.gzipped_bytes_at_most)
}

/// The engine as an ES module, for bundlers that take along nothing else. It is compressed, as base64 cannot be compressed well.
fn inline(wasm: &[u8]) -> Result<String> {
    let text = STANDARD.encode(size::gzip(wasm)?);
    Ok(format!("// Generated from engine_bg.wasm, compressed with gzip.\nexport const gzipped =\n  \"{text}\";\n"))
}

fn wasm_file(out: &Path, npm: &Npm) -> PathBuf {
    out.join(format!("{}_bg.wasm", npm.out_name))
}

/// Compiles the core, and has wasm-bindgen and wasm-opt at it where it changed.
fn engine(root: &Path, out: &Path, npm: &Npm) -> Result<()> {
    let compiled = Library {
        binding: &npm.binding,
        target: "wasm32-unknown-unknown",
        profile: &npm.profile,
        variables: vec![("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", npm.rustflags.clone().into())],
    }
    .build(root)?;

    let wasm = wasm_file(out, npm);
    let results = [wasm.clone(), out.join(format!("{}.js", npm.out_name)), out.join(format!("{}.d.ts", npm.out_name))];
    let dir = compiled.parent().context("a file has a folder")?;
    // package-lock.json stands for the version of wasm-opt; that of wasm-bindgen is in what was compiled.
    let inputs = (files::read(&compiled)?, &npm.wasm_opt, files::read(&root.join("package-lock.json"))?);
    let stamp = files::Stamp::new(dir, &npm.out_name, &inputs);
    if stamp.is_current(&results) {
        return Ok(());
    }

    let mut bindgen = Bindgen::new();
    bindgen.input_path(&compiled).out_name(&npm.out_name).typescript(true).remove_name_section(true);
    match npm.target {
        Target::Web => bindgen.web(true)?,
    };
    bindgen.generate(out).context("wasm-bindgen")?;
    // It describes the raw exports, which are no part of the interface.
    fs::remove_file(out.join(format!("{}_bg.wasm.d.ts", npm.out_name)))?;
    cargo::optimize(root, &wasm, &npm.wasm_opt)?;
    stamp.set()
}

/// Has TypeScript write the declarations of the hand-written modules from their JSDoc.
fn declare_entry(root: &Path, out: &Path, npm: &Npm) -> Result<()> {
    let generated = [npm.out_name.as_str(), "engine_inline", "engine_bg.wasm", "facade", "types"];
    for entry in fs::read_dir(out)? {
        let path = entry?.path();
        let declared = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".d.ts"));
        // TypeScript would read the declaration of the last build in place of the module, which may have another name by now.
        if declared.is_some_and(|name| !generated.contains(&name)) {
            fs::remove_file(path)?;
        }
    }
    let mut tsc = cargo::node_program(root, "tsc")?;
    cargo::run(tsc.args(["--project", "tsconfig.json"]))
}

/// Writes Cargo.toml's version to the package, which keeps a copy only because npm wants one.
fn set_version(manifest: &Path, version: &str) -> Result<()> {
    let text = files::read_text(manifest)?;
    files::write(manifest, with_version(&text, version)?.as_bytes())
}

fn with_version(manifest: &str, version: &str) -> Result<String> {
    let (before, rest) = manifest.split_once("\"version\": \"").context("package.json has no version")?;
    let (_, after) = rest.split_once('"').context("package.json's version does not end")?;
    Ok(format!("{before}\"version\": \"{version}\"{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_of_a_manifest_is_replaced() {
        let manifest = "{\n  \"name\": \"a\",\n  \"version\": \"0.0.1\",\n  \"type\": \"module\"\n}\n";
        assert_eq!(with_version(manifest, "1.2.3").unwrap(), manifest.replace("0.0.1", "1.2.3"));
    }

    #[test]
    fn a_manifest_without_a_version_is_refused() {
        let error = with_version("{}", "1.2.3").unwrap_err().to_string();
        assert_eq!(error, "package.json has no version");
    }
}
