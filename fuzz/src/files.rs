//! Files that change while an engine looks at them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use pyautoload_wasm::Result;
use pyautoload_wasm::vfs::{Kind, Listing, MemoryVfs, Vfs};

/// Files that change behind the engine's back.
#[derive(Clone)]
pub struct Files(Rc<RefCell<Content>>);

#[derive(Default)]
struct Content {
    files: BTreeMap<String, String>,
    links: BTreeMap<String, String>,
    vfs: MemoryVfs,
}

impl Default for Files {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(Content { vfs: empty(), ..Content::default() })))
    }
}

/// The roots, and nothing in them.
fn empty() -> MemoryVfs {
    let mut vfs = MemoryVfs::default();
    vfs.make_dir("/app");
    vfs.make_dir("/lib");
    vfs
}

impl Files {
    /// Writes a file.
    pub fn write(&self, path: &str, source: &str) {
        let content = &mut *self.0.borrow_mut();
        content.files.insert(path.to_owned(), source.to_owned());
        content.vfs.write(path, source);
    }

    /// Makes a link, which stands before a file.
    pub fn link(&self, path: &str, target: &str) {
        let content = &mut *self.0.borrow_mut();
        content.links.insert(path.to_owned(), target.to_owned());
        content.vfs.link(path, target);
    }

    /// Removes a file or a link. What is in memory is made anew, as nothing can be taken out of it.
    pub fn remove(&self, path: &str) {
        let content = &mut *self.0.borrow_mut();
        let (file, link) = (content.files.remove(path), content.links.remove(path));
        if file.is_none() && link.is_none() {
            return;
        }
        content.vfs = empty();
        for (path, source) in &content.files {
            content.vfs.write(path, source.as_str());
        }
        for (path, target) in &content.links {
            content.vfs.link(path, target);
        }
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
