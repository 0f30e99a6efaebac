//! Stands in for `emcc` when rustc links a Pyodide extension, so that nobody needs the Emscripten SDK for it.
//!
//! An extension is a WebAssembly dynamic library: LLVM's `wasm-ld` alone can link one, with Pyodide's interpreter
//! supplying libc and Python when it loads it. rustc speaks to emcc, which means some arguments of emcc's own; this
//! program leaves them out and calls the `wasm-ld` that the variable `WASM_LD` names.

use std::env;
use std::process::{Command, ExitCode};

/// What makes a dynamic library of the Emscripten kind: its memory, its table and every symbol that it lacks come from
/// the program that loads it, which calls the two functions to relocate and to initialize it.
const SIDE_MODULE: [&str; 8] = [
    "-shared",
    "--experimental-pic",
    "--unresolved-symbols=import-dynamic",
    "--import-memory",
    "--no-export-dynamic",
    "--gc-sections",
    "--export-if-defined=__wasm_call_ctors",
    "--export-if-defined=__wasm_apply_data_relocs",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Ok(wasm_ld) = env::var("WASM_LD") else {
        eprintln!("linker: the variable WASM_LD has to name a wasm-ld");
        return ExitCode::FAILURE;
    };
    match Command::new(&wasm_ld).args(wasm_ld_arguments(&arguments)).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("linker: {wasm_ld} did not start: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The arguments of wasm-ld for a call of emcc: the objects, the archives and the output, and an export for each function
/// by which Python initializes a module. Anything else that Rust exports stays inside, which keeps the file small.
fn wasm_ld_arguments(emcc: &[String]) -> Vec<String> {
    let mut arguments: Vec<String> = SIDE_MODULE.map(String::from).to_vec();
    let mut rest = emcc.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            // Emscripten's settings, as two arguments or as one.
            "-s" => arguments.extend(rest.next().into_iter().flat_map(|setting| exports(setting))),
            // Folders and libraries of the SDK: the loading program has those libraries.
            "-L" | "-l" => drop(rest.next()),
            "-o" => arguments.extend(std::iter::once(argument).chain(rest.next()).cloned()),
            _ => match argument.strip_prefix("-s").filter(|setting| setting.starts_with(char::is_uppercase)) {
                Some(setting) => arguments.extend(exports(setting)),
                None if is_emcc_only(argument) => {}
                None => arguments.push(argument.clone()),
            },
        }
    }
    arguments
}

fn is_emcc_only(argument: &str) -> bool {
    ["-O", "-g", "-B", "-L", "-l", "-f", "--target="].iter().any(|prefix| argument.starts_with(prefix))
}

/// The exports of Python's entry points in a setting `EXPORTED_FUNCTIONS=["_PyInit_x", …]`. emcc puts an underscore
/// before the name of a symbol.
fn exports(setting: &str) -> Vec<String> {
    let Some(list) = setting.strip_prefix("EXPORTED_FUNCTIONS=") else { return Vec::new() };
    let names = list.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter_map(|name| name.strip_prefix('_'));
    names.filter(|name| name.starts_with("PyInit_")).map(|name| format!("--export={name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is passed on of a call of emcc.
    fn passed(emcc: &str) -> String {
        let emcc: Vec<String> = emcc.split(' ').map(String::from).collect();
        wasm_ld_arguments(&emcc).split_off(SIDE_MODULE.len()).join(" ")
    }

    #[test]
    fn objects_archives_and_the_output_are_passed_on() {
        assert_eq!(passed("a.o libb.rlib -o out.wasm"), "a.o libb.rlib -o out.wasm");
    }

    #[test]
    fn settings_of_emscripten_are_left_out() {
        assert_eq!(passed("-s SIDE_MODULE=2 a.o -sWASM_BIGINT -sABORTING_MALLOC=0"), "a.o");
    }

    #[test]
    fn flags_of_the_compiler_are_left_out() {
        assert_eq!(passed("-O3 -g0 -B/x/gcc-ld --target=wasm32-unknown-emscripten -fwasm-exceptions a.o"), "a.o");
    }

    #[test]
    fn libraries_and_their_folders_are_left_out() {
        assert_eq!(passed("-L /x/lib -l python3.11 -lc -L/y a.o"), "a.o");
    }

    #[test]
    fn a_flag_of_the_linker_that_begins_with_s_is_passed_on() {
        assert_eq!(passed("-shared --strip-debug"), "-shared --strip-debug");
    }

    #[test]
    fn only_entry_points_of_python_are_exported() {
        let setting = r#"-s EXPORTED_FUNCTIONS=["_PyInit__engine","_rust_eh_personality"] a.o"#;
        assert_eq!(passed(setting), "--export=PyInit__engine a.o");
        assert_eq!(passed(r#"-sEXPORTED_FUNCTIONS=["_PyInit_x"]"#), "--export=PyInit_x");
    }
}
