//! Calls of other programs: cargo, the cargo that knows wasm, and what npm and pip installed.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// A line of `cargo build --message-format=json`, as far as it matters here.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        target: Built,
        filenames: Vec<PathBuf>,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Built {
    name: String,
}

/// A binding for a wasm target, and how to build it.
pub struct Library<'a> {
    /// The name of its crate.
    pub binding: &'a str,
    /// The target's triple.
    pub target: &'a str,
    /// Cargo's profile.
    pub profile: &'a str,
    /// Variables for cargo.
    pub variables: Vec<(&'a str, OsString)>,
}

impl Library<'_> {
    /// Builds it, and gives the wasm file.
    pub fn build(self, root: &Path) -> Result<PathBuf> {
        let mut cargo = Command::new(installed(&root.join(".cache/bin/wasm-cargo"))?);
        cargo.args(["build", "--locked", "--package", self.binding, "--target", self.target]);
        cargo.args(["--profile", self.profile]);
        // They would replace the flags that the variables set for the target.
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").envs(self.variables);
        let wasm = artifacts(cargo)?.into_iter().find_map(|artifact| match artifact {
            Message::CompilerArtifact { target, filenames, .. } if target.name == self.binding => {
                filenames.into_iter().find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
            }
            _ => None,
        });
        wasm.with_context(|| format!("cargo built no library for {}", self.target))
    }
}

/// Builds a program of this workspace for this machine.
pub fn build_tool(name: &str) -> Result<PathBuf> {
    let mut cargo = Command::new(env::var("CARGO").unwrap_or("cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--package", name]);
    let program = artifacts(cargo)?.into_iter().find_map(|artifact| match artifact {
        Message::CompilerArtifact { target, executable, .. } if target.name == name => executable,
        _ => None,
    });
    program.with_context(|| format!("cargo built no program {name}"))
}

fn artifacts(mut cargo: Command) -> Result<Vec<Message>> {
    cargo.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let output = cargo.output().with_context(|| format!("starting {}", cargo.get_program().display()))?;
    ensure!(output.status.success(), "cargo build failed");
    String::from_utf8(output.stdout)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// A program of `node_modules`.
pub fn node_program(root: &Path, name: &str) -> Result<Command> {
    Ok(Command::new(installed(&root.join("node_modules/.bin").join(name))?))
}

/// A program of `.venv`.
pub fn python_program(root: &Path, name: &str) -> Result<Command> {
    Ok(Command::new(installed(&root.join(".venv/bin").join(name))?))
}

/// The absolute path of a program that `tools/setup.sh` installs.
pub fn installed(program: &Path) -> Result<PathBuf> {
    ensure!(program.exists(), "{} is missing: run tools/setup.sh", program.display());
    // The links of .venv and node_modules are part of what their programs are, so they are kept.
    std::path::absolute(program).with_context(|| program.display().to_string())
}

/// Has wasm-opt replace a file by an equal one that is smaller and faster.
pub fn optimize(root: &Path, wasm: &Path, arguments: &[String]) -> Result<()> {
    run(node_program(root, "wasm-opt")?.args(arguments).arg(wasm).arg("--output").arg(wasm))
}

/// Runs a command whose output is for the person who waits.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting {}", command.get_program().display()))?;
    ensure!(status.success(), "{} failed", command.get_program().display());
    Ok(())
}
