//! Files that change while an engine looks at them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use pyautoload_wasm::Result;
use pyautoload_wasm::vfs::{Kind, Listing, MemoryVfs, Vfs};

/// Files that change behind the engine's back.
#[derive(Clone, Default)]
pub struct Files(Rc<RefCell<Content>>);

#[derive(Default)]
struct Content {
    files: BTreeMap<String, String>,
    links: BTreeMap<String, String>,
    vfs: MemoryVfs,
}

impl Files {
    fn change(&self, change: impl FnOnce(&mut Content)) {
        let content = &mut *self.0.borrow_mut();
        change(content);
        content.vfs = content.files.iter().map(|(path, source)| (path, source.as_str())).collect();
        content.vfs.make_dir("/app");
        content.vfs.make_dir("/lib");
        for (path, target) in &content.links {
            content.vfs.link(path, target);
        }
    }

    pub fn write(&self, path: &str, source: &str) {
        self.change(|content| drop(content.files.insert(path.to_owned(), source.to_owned())));
    }

    pub fn link(&self, path: &str, target: &str) {
        self.change(|content| drop(content.links.insert(path.to_owned(), target.to_owned())));
    }

    pub fn remove(&self, path: &str) {
        self.change(|content| {
            content.files.remove(path);
            content.links.remove(path);
        });
    }

    /// A hash of a file (FNV-1a); none where there is no file.
    pub fn digest(&self, path: &str) -> Option<u64> {
        let bytes = self.read(path).ok()?;
        Some(
            bytes
                .iter()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)),
        )
    }
}

impl Vfs for Files {
    fn read_dir(&self, dir: &str) -> Result<Listing> {
        self.0.borrow().vfs.read_dir(dir)
    }

    fn kind(&self, path: &str) -> Kind {
        self.0.borrow().vfs.kind(path)
    }

    fn canonical(&self, path: &str) -> Result<String> {
        self.0.borrow().vfs.canonical(path)
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        self.0.borrow().vfs.read(file)
    }
}
