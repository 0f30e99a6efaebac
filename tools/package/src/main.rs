//! Builds what users install from the compiled core: `pkg/`, the npm package, and the wheels in `dist/`.
//! Which tools are there is the business of `tools/setup.sh`; this program only calls them.

mod cargo;
mod facade;
mod files;
mod labextension;
mod npm;
mod python;
mod settings;
mod size;
mod stubs;
mod traced;
mod types;
mod wheel;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};

use settings::Settings;

const USAGE: &str = "usage: cargo run -p package -- npm|pyodide-wheels|native-wheel|labextension|sdist|answers";

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
        [command] if command == "pyodide-wheels" => python::pyodide_wheels(root, &settings.pyodide_wheel),
        [command] if command == "native-wheel" => python::native_wheel(root),
        [command] if command == "labextension" => labextension::add(root),
        [command] if command == "sdist" => python::sdist(root),
        [command] if command == "answers" => {
            let module = stubs::module(&traced::python()?)?;
            files::write(&root.join("python/pyautoload_wasm/_base/answers.py"), module.as_bytes())
        }
        _ => bail!("{USAGE}"),
    }
}
