//! What a user has to download, held to a budget.

use std::io::Write;

use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Prints the size of a file, and fails where it is over its budget once compressed, as servers send it.
pub fn check(name: &str, content: &[u8], gzipped_bytes_at_most: u64) -> Result<()> {
    let gzipped = gzip(content)?.len();
    println!("{name}: {} bytes, {gzipped} gzipped (at most {gzipped_bytes_at_most})", content.len());
    ensure!(
        u64::try_from(gzipped)? <= gzipped_bytes_at_most,
        "{name} is over its budget of {gzipped_bytes_at_most} gzipped bytes in wasm-pack.toml: make it smaller, or \
         raise the budget and say why"
    );
    Ok(())
}

/// Compresses as well as gzip can.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_over_its_budget_is_refused_by_its_compressed_size() {
        let zeros = vec![0; 100_000];
        assert!(check("zeros", &zeros, 1_000).is_ok());
        let error = check("zeros", &zeros, 10).unwrap_err().to_string();
        assert!(error.contains("zeros is over its budget of 10"), "{error}");
    }
}
