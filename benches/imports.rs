//! How fast the reader reads the standard library: megabytes a second, the median of five runs.
#![expect(clippy::disallowed_methods, reason = "a benchmark has a clock and reads real files")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use pyautoload_wasm::imports::outline;
use pyautoload_wasm::imports::source::Source;
use pyautoload_wasm::vfs::NoTexts;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stdlib =
        Command::new("python3").args(["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"]).output()?;
    let mut files = Vec::new();
    collect(Path::new(String::from_utf8(stdlib.stdout)?.trim()), &mut files)?;
    let files: Vec<Vec<u8>> = files.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    let bytes: usize = files.iter().map(Vec::len).sum();
    let mut seconds = Vec::new();
    let mut imports = 0;
    for _ in 0..5 {
        let start = Instant::now();
        imports = files
            .iter()
            .filter_map(|file| Source::decode(file, &NoTexts).ok())
            .map(|source| black_box(outline(&source)).imports.len())
            .sum();
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let median = seconds.get(2).copied().unwrap_or(f64::NAN);
    #[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52")]
    let megabytes = bytes as f64 / 1e6;
    println!("{} files, {megabytes:.1} MB, {imports} imports: {:.0} MB/s", files.len(), megabytes / median);
    Ok(())
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "site-packages" {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
    Ok(())
}
