//! Which links to directories are followed.
//!
//! A link stands for what it leads to, as for `CPython`'s finder, unless it leads back to a directory around it. Directories that link to
//! each other would make as many paths as there are orders of them. So a link that was reached through another link is not followed to
//! a directory that the walk has listed before, under whatever path: its modules have a name already.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::ids::IndexVec;
use crate::layout::problem::Problem;
use crate::layout::tree::{DirId, FileName};
use crate::layout::walk::{Walk, is_source};
use crate::vfs::{Kind, join};

/// What the walk knows of links.
#[derive(Default)]
pub(super) struct Links {
    /// Directories that are links which were followed.
    followed: BTreeSet<DirId>,
    /// The real paths of directories, as far as somebody has asked for them.
    real: IndexVec<DirId, String>,
    /// The same as a set.
    listed: FxHashSet<String>,
    /// Links that were reported.
    reported: BTreeSet<String>,
}

impl Walk<'_> {
    /// Notes that a directory is a link.
    pub(super) fn note_link(&mut self, dir: DirId) {
        self.links.followed.insert(dir);
        let path = self.tree.dirs.at(dir).path.clone();
        self.note_target(path);
    }

    /// Notes what a link stands for: whoever tells of a change may call it by its path without links.
    fn note_target(&mut self, path: String) {
        if let Ok(real) = self.vfs.canonical(&path) {
            for path in [path, real] {
                self.tree.links.push_str(&path);
                self.tree.links.push('\0');
            }
        }
    }

    /// The kind of a link's target. A link to a directory that is not followed is reported. `known` is the number of directories that
    /// were listed before those of this namespace, whose own order is the host's.
    pub(super) fn follow(&mut self, entry: FileName, known: u32) -> Kind {
        let path = self.tree.file_path(entry);
        let kind = self.vfs.kind(&path);
        if kind != Kind::Dir {
            let name = self.tree.file_name(entry);
            if is_source(name) && !name.starts_with('.') && !self.ignores(entry, false) {
                match kind {
                    Kind::Other => self.problems.push(Problem::broken_link(path)),
                    _ => self.note_target(path),
                }
            }
            return kind;
        }
        if self.ignores(entry, true) {
            return kind;
        }
        let real = self.vfs.canonical(&path).ok();
        let mut above = Some(entry.dir);
        let mut is_below_link = false;
        while let Some((id, dir)) = above.map(|id| (id, self.tree.dirs.at(id))) {
            if self.vfs.canonical(&dir.path).ok() == real {
                self.problems.push(Problem::link_loop(path, &dir.path));
                return Kind::Other;
            }
            is_below_link |= self.links.followed.contains(&id);
            above = dir.parent;
        }
        match real {
            Some(real) if is_below_link && self.is_listed(&real, known) => {
                self.report_again(entry, &real);
                Kind::Other
            }
            _ => kind,
        }
    }

    /// Whether a real directory is among the first directories that were listed.
    fn is_listed(&mut self, real: &str, known: u32) -> bool {
        let Self { tree, vfs, links, .. } = self;
        for (id, dir) in tree.dirs.pairs().take(known as usize).skip(links.real.len() as usize) {
            // Only a root and a link can lie elsewhere than their paths say.
            let of = match dir.parent.filter(|_| !links.followed.contains(&id)) {
                Some(parent) => join(links.real.at(parent), dir.path.rsplit('/').next().unwrap_or_default()),
                None => vfs.canonical(&dir.path).unwrap_or_else(|_| dir.path.clone()),
            };
            links.listed.insert(of.clone());
            links.real.push(of);
        }
        links.listed.contains(real)
    }

    /// Reports a link that is not followed, once, where it really is.
    fn report_again(&mut self, entry: FileName, real: &str) {
        let dir = self.vfs.canonical(&self.tree.dirs.at(entry.dir).path);
        let path = dir.map_or_else(|_| self.tree.file_path(entry), |dir| join(&dir, self.tree.file_name(entry)));
        if self.links.reported.insert(path.clone()) {
            self.problems.push(Problem::repeated_link(path, real));
        }
    }
}
