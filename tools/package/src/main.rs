//! Builds what users install from the compiled core: `pkg/`, the npm package.
//! Which tools are there is the business of `tools/setup.sh`; this program only calls them.

mod cargo;
mod facade;
mod files;
mod npm;
mod settings;
mod size;
mod traced;
mod types;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};

use settings::Settings;

const USAGE: &str = "usage: cargo run -p package -- npm";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("package: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let root = Path::new("");
    ensure!(root.join("wasm-pack.toml").exists(), "run this at the top of the repository, where wasm-pack.toml is");
    let settings = Settings::read(root)?;
    match arguments {
        [command] if command == "npm" => npm::build(root, &settings),
        _ => bail!("{USAGE}"),
    }
}
