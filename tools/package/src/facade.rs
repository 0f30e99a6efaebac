//! `pkg/facade.js`: the Python facade as an ES module, so that a page gets it with the engine and needs no second download.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::files;

/// The types of the module. It stands beside it so that TypeScript does not infer a type of every source text.
pub const DECLARATION: &str = "/** The Python package that installs the autoloader: file names and their texts. */\n\
                               export declare const files: Readonly<Record<string, string>>;\n";

/// The Python package's files by name, sorted: sources, stubs and the marker of typed packages.
pub fn read(package: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    collect(package, "", &mut found)?;
    ensure!(found.contains_key("__init__.py"), "{} is no Python package", package.display());
    Ok(found)
}

/// The module that exports the files.
pub fn module(files: &BTreeMap<String, String>) -> Result<String> {
    Ok(format!("// Generated from python/pyautoload_wasm.\nexport const files = {};\n", serde_json::to_string(files)?))
}

fn collect(dir: &Path, prefix: &str, found: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))? {
        let path = entry?.path();
        let Some(base) = path.file_name().and_then(|base| base.to_str()) else { continue };
        let name = format!("{prefix}{base}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found)?;
        } else if base == "py.typed"
            || path.extension().is_some_and(|extension| extension == "py" || extension == "pyi")
        {
            found.insert(name, files::read_text(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_survives_quotes_newlines_and_other_scripts() {
        let files = BTreeMap::from([("a.py".into(), "x = \"ü\\\"\"\n".into()), ("sub/b.py".into(), String::new())]);
        let module = module(&files).unwrap();
        let object = module.split_once("files = ").unwrap().1.trim_end().strip_suffix(';').unwrap();
        assert_eq!(serde_json::from_str::<BTreeMap<String, String>>(object).unwrap(), files);
    }

    #[test]
    fn a_folder_without_an_init_file_is_refused() {
        let error = read(Path::new("src")).unwrap_err().to_string();
        assert_eq!(error, "src is no Python package");
    }
}
