//! The wheel format (PEP 427): a zip whose last file lists all the others with their hashes. The same content always
//! gives the same bytes: names are sorted, and the time of every file is the zip format's earliest.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// A wheel that is being put together.
pub struct Wheel {
    dist_info: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Wheel {
    /// An empty one, whose metadata lies in the folder `dist_info`.
    pub fn new(dist_info: &str) -> Self {
        Self { dist_info: dist_info.to_owned(), files: BTreeMap::new() }
    }

    /// One that somebody else has built.
    pub fn read(content: &[u8]) -> Result<Self> {
        let mut zip = ZipArchive::new(Cursor::new(content))?;
        let mut files = BTreeMap::new();
        for at in 0..zip.len() {
            let mut entry = zip.by_index(at)?;
            let mut content = Vec::new();
            entry.read_to_end(&mut content)?;
            files.insert(entry.name()?.into_owned(), content);
        }
        let record = files.keys().find_map(|name| name.strip_suffix("/RECORD")).context("a wheel has a RECORD")?;
        let dist_info = record.to_owned();
        files.remove(&format!("{dist_info}/RECORD"));
        Ok(Self { dist_info, files })
    }

    /// Adds a file.
    pub fn add(&mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.insert(name.into(), content.into());
    }

    /// The bytes of the finished wheel.
    pub fn finish(&self) -> Result<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        for (name, content) in &self.files {
            zip.start_file(name.as_str(), options)?;
            zip.write_all(content)?;
        }
        zip.start_file(self.record_name(), options)?;
        zip.write_all(self.record()?.as_bytes())?;
        Ok(zip.finish()?.into_inner())
    }

    fn record_name(&self) -> String {
        format!("{}/RECORD", self.dist_info)
    }

    fn record(&self) -> Result<String> {
        let mut record = String::new();
        for (name, content) in &self.files {
            let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
            writeln!(record, "{name},sha256={hash},{}", content.len())?;
        }
        writeln!(record, "{},,", self.record_name())?;
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheel() -> Wheel {
        let mut wheel = Wheel::new("a-1.dist-info");
        wheel.add("b.py", "");
        wheel.add("a.py", "x = 1\n");
        wheel
    }

    #[test]
    fn the_record_has_a_hash_and_a_length_for_each_file_but_itself() {
        let expected = "a.py,sha256=nia_NpkRxFwkPGhBR7I_yeHc_PJX0pmhxjIBam_NM_Q,6\n\
                        b.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
                        a-1.dist-info/RECORD,,\n";
        assert_eq!(wheel().record().unwrap(), expected);
    }

    #[test]
    fn a_wheel_that_is_read_and_written_stays_as_it_is() {
        let bytes = wheel().finish().unwrap();
        assert_eq!(Wheel::read(&bytes).unwrap().finish().unwrap(), bytes);
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        assert_eq!(wheel().finish().unwrap(), wheel().finish().unwrap());
    }
}
