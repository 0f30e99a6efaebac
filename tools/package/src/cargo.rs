//! Calls of other programs: the cargo that knows wasm, and what npm installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// A line of `cargo build --message-format=json`, as far as it matters here.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        target: Built,
        filenames: Vec<PathBuf>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Built {
    name: String,
}

/// The cargo that `tools/setup.sh` left for the wasm targets.
pub fn wasm_cargo(root: &Path) -> Result<Command> {
    Ok(Command::new(found(&root.join(".cache/bin/wasm-cargo"))?))
}

/// A program of `node_modules`.
pub fn node_program(root: &Path, name: &str) -> Result<Command> {
    Ok(Command::new(found(&root.join("node_modules/.bin").join(name))?))
}

fn found(program: &Path) -> Result<PathBuf> {
    ensure!(program.exists(), "{} is missing: run tools/setup.sh", program.display());
    // A relative program would be looked for from wherever the command is run.
    program.canonicalize().with_context(|| program.display().to_string())
}

/// Runs a prepared `cargo build`, and gives the wasm file that it made from this project's library.
pub fn build_library(mut cargo: Command) -> Result<PathBuf> {
    cargo.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let output = cargo.output().with_context(|| format!("starting {}", cargo.get_program().display()))?;
    ensure!(output.status.success(), "cargo build failed");
    for line in String::from_utf8(output.stdout)?.lines() {
        let Message::CompilerArtifact { target, filenames } = serde_json::from_str(line)? else { continue };
        let wasm = filenames.into_iter().find(|file| file.extension().is_some_and(|extension| extension == "wasm"));
        if let (true, Some(wasm)) = (target.name == "pyautoload_wasm", wasm) {
            return Ok(wasm);
        }
    }
    bail!("cargo built no wasm file of pyautoload_wasm")
}

/// Runs a command whose output is for the person who waits.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting {}", command.get_program().display()))?;
    ensure!(status.success(), "{} failed", command.get_program().display());
    Ok(())
}
