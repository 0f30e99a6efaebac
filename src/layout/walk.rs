//! Walks the roots, each directory once, and decides which file is which module. It owns the rules of who wins where several
//! files claim one name, and reports what loses.
//!
//! The rules are `CPython`'s `PathFinder`'s wherever it has one: the first directory wins; in one directory a package wins over
//! a file, and a file over a directory without `__init__.py`.

mod links;
mod settle;

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::ids;
use crate::layout::problem::{self, Problem};
use crate::layout::rules::{Patterns, Rules};
use crate::layout::tree::{DirId, FileName, NamespaceId, Tree};
use crate::name::{ModuleName, is_identifier, is_keyword, join};
use crate::vfs::{self, Ahead, Entry, Kind, Vfs};

use links::Links;
use settle::Claims;

/// A directory, and the namespace that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Absolute path.
    pub dir: String,
    /// Dotted name; the top level for files that are top-level modules.
    pub namespace: ModuleName,
}

/// The roots and the rules of a scan.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Directories to scan, first root first.
    pub roots: Vec<Root>,
    /// What is left out, and what adds no name.
    pub rules: Rules,
    /// Top-level names that may not be taken, each with what it would shadow.
    pub reserved: BTreeMap<String, String>,
}

impl Layout {
    /// Whether patterns cover a path below a root, or a directory that it is in; or its root.
    #[must_use]
    pub fn covers(&self, patterns: &Patterns, path: &str, is_dir: bool) -> bool {
        // Of nested roots the innermost is the one that the path belongs to.
        let roots = self.roots.iter().filter(|root| is_within(path, &root.dir));
        let Some(root) = roots.max_by_key(|root| root.dir.len()) else { return false };
        if patterns.covers_root(&root.dir) {
            return true;
        }
        let start = vfs::join(&root.dir, "").len();
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.filter(|end| *end > start).any(|end| match (path.get(start..end), path.get(..end)) {
            (Some(relative), Some(absolute)) => patterns.covers(relative, absolute, is_dir || end < path.len()),
            _ => false,
        })
    }
}

/// Whether a path is a directory or below it.
pub(crate) fn is_within(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || dir.ends_with('/'))
}

/// Scans all roots.
///
/// # Errors
/// A filesystem error where a root cannot be listed. What is wrong below a root is a [`Problem`], and the scan goes on.
pub fn scan(vfs: &dyn Vfs, layout: &Layout) -> Result<(Tree, Vec<Problem>)> {
    let mut walk = Walk {
        vfs,
        layout,
        tree: Tree::default(),
        problems: Vec::new(),
        portions: BTreeMap::new(),
        ahead: Ahead::default(),
        links: Links::default(),
    };
    walk.list_roots()?;
    walk.run();
    walk.tree.seal();
    Ok((walk.tree, problem::sorted(walk.problems)))
}

/// What one entry of a namespace's directories can be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    Package,
    File,
    Bare,
}

/// An entry that claims a stem. The entries of a namespace are sorted by stem, directory and claim.
#[derive(Clone, Copy)]
struct Candidate {
    stem: FileName,
    order: u32,
    claim: Claim,
    /// The listed directory, if it is one.
    dir: DirId,
}

/// A namespace whose directories are listed and whose entries are still to be looked at.
struct Pending {
    namespace: NamespaceId,
    portions: Vec<Portion>,
}

#[derive(Clone)]
struct Portion {
    dir: DirId,
    entries: Entries,
}

type Entries = Vec<Entry>;

struct Walk<'a> {
    vfs: &'a dyn Vfs,
    layout: &'a Layout,
    tree: Tree,
    problems: Vec<Problem>,
    /// The listed roots of each namespace, with an empty entry for each namespace above one.
    portions: BTreeMap<ModuleName, Vec<Portion>>,
    /// Listings that the host has made in advance.
    ahead: Ahead,
    links: Links,
}

impl Walk<'_> {
    fn list_roots(&mut self) -> Result<()> {
        for root in self.layout.roots.iter().filter(|root| !self.layout.rules.ignore.covers_root(&root.dir)) {
            let mut above = root.namespace.namespace();
            while !above.is_empty() {
                let next = above.namespace();
                self.portions.entry(above).or_default();
                above = next;
            }
            let portion = self.list(root.dir.clone(), None).map_err(|error| {
                Error::filesystem(format!("the root {} cannot be read: {}", root.dir, error.message))
            })?;
            self.portions.entry(root.namespace.clone()).or_default().push(portion);
        }
        Ok(())
    }

    fn list(&mut self, path: String, parent: Option<DirId>) -> Result<Portion> {
        let listing = match self.ahead.remove(&path) {
            Some(listing) => listing,
            None => self.vfs.read_ahead(&path, &mut self.ahead)?,
        };
        for shown in listing.undecodable() {
            self.problems.push(Problem::undecodable(vfs::join(&path, shown)));
        }
        let (names, entries) = listing.into_parts();
        let dir = self.tree.add_directory(path, names, parent);
        Ok(Portion { dir, entries })
    }

    fn run(&mut self) {
        let top = self.portions.remove("").unwrap_or_default();
        for portion in &top {
            if let Some(init) = self.entry_named(portion, "__init__.py") {
                self.problems.push(Problem::init_without_name(self.tree.file_path(init)));
            }
        }
        let mut pending = VecDeque::from([Pending { namespace: NamespaceId::TOP, portions: top }]);
        while let Some(next) = pending.pop_front() {
            let claims = self.claims(next.namespace, next.portions);
            self.decide(next.namespace, claims, &mut pending);
        }
    }

    fn entry_named(&self, portion: &Portion, name: &str) -> Option<FileName> {
        let names = &self.tree.dirs.at(portion.dir).names;
        portion
            .entries
            .iter()
            .find(|(start, end, kind)| {
                end.saturating_sub(*start) as usize == name.len()
                    && *kind != Kind::Dir
                    && names.get(*start as usize..*end as usize) == Some(name)
            })
            .map(|(start, end, _)| FileName { dir: portion.dir, start: *start, end: *end })
            .filter(|entry| !self.ignores(*entry, false))
    }

    /// All entries of a namespace's directories that claim a stem.
    fn claims(&mut self, namespace: NamespaceId, portions: Vec<Portion>) -> Claims {
        let mut files = Vec::new();
        let mut contested = Vec::new();
        let mut portions = VecDeque::from(portions);
        let mut names = Vec::with_capacity(portions.len());
        let mut order = 0;
        let known = self.tree.dirs.len();
        while let Some(portion) = portions.pop_front() {
            let dir = self.tree.dirs.at_mut(portion.dir);
            dir.namespace = Some(namespace);
            let texts = Arc::clone(&dir.names);
            files.reserve(portion.entries.len());
            for (start, end, kind) in portion.entries {
                let entry = FileName { dir: portion.dir, start, end };
                let Some(name) = texts.get(start as usize..end as usize) else { continue };
                match if kind == Kind::Link { self.follow(entry, known) } else { kind } {
                    Kind::File if self.claims_a_name(entry, name, namespace) => files.push((order, entry)),
                    Kind::Dir => {
                        if let Some(inner) = self.enter(entry, (name, kind), namespace, &mut portions) {
                            let is_package = self.entry_named(&inner, "__init__.py").is_some();
                            let claim = if is_package { Claim::Package } else { Claim::Bare };
                            contested.push((Candidate { stem: entry, order, claim, dir: inner.dir }, inner.entries));
                        }
                    }
                    _ => {}
                }
            }
            names.push(texts);
            order += 1;
        }
        let modules = self.settle_alone(&names, files, &mut contested);
        let tree = &self.tree;
        let contested = ids::sorted(contested, &|(a, _), (b, _)| {
            tree.stem(a.stem).cmp(tree.stem(b.stem)).then_with(|| (a.order, a.claim).cmp(&(b.order, b.claim)))
        });
        Claims { modules, contested }
    }

    /// Whether a file can be a module, judged by its own name.
    fn claims_a_name(&mut self, entry: FileName, name: &str, namespace: NamespaceId) -> bool {
        let Some(stem) = name.strip_suffix(".py") else { return false };
        let top_level = namespace == NamespaceId::TOP;
        // A hidden file is an editor's or a system's, such as `._user.py`: nobody means it as a module.
        if stem == "__init__"
            || (top_level && stem == "__main__")
            || stem.starts_with('.')
            || self.ignores(entry, false)
        {
            return false;
        }
        self.is_usable(entry, stem, namespace)
    }

    /// Whether an entry's stem can be imported and is not reserved. Reports why not.
    fn is_usable(&mut self, entry: FileName, stem: &str, namespace: NamespaceId) -> bool {
        let problem = if !is_identifier(stem) {
            Problem::not_an_identifier(self.tree.file_path(entry), stem)
        } else if !stem.is_ascii()
            && let Cow::Owned(normal) = vfs::normal(self.vfs.texts(), stem)
        {
            let name = join(&self.tree.namespaces.at(namespace).name, &normal);
            Problem::not_normal(self.tree.file_path(entry), stem, &name)
        } else if is_keyword(stem) {
            Problem::keyword(self.tree.file_path(entry), stem)
        } else if namespace == NamespaceId::TOP
            && let Some(hidden) = self.layout.reserved.get(stem)
        {
            Problem::shadows_module(self.tree.file_path(entry), stem, hidden)
        } else {
            return true;
        };
        self.problems.push(problem);
        false
    }

    fn ignores(&self, entry: FileName, is_dir: bool) -> bool {
        self.is_covered(&self.layout.rules.ignore, entry, is_dir)
    }

    fn is_covered(&self, patterns: &Patterns, entry: FileName, is_dir: bool) -> bool {
        if patterns.is_empty() {
            return false;
        }
        let path = self.tree.file_path(entry);
        let mut root = self.tree.dirs.at(entry.dir);
        while let Some(parent) = root.parent {
            root = self.tree.dirs.at(parent);
        }
        let relative = path.strip_prefix(root.path.as_str()).map_or(path.as_str(), |rest| rest.trim_start_matches('/'));
        patterns.covers(relative, &path, is_dir)
    }

    /// Lists a directory that can be a namespace. A collapsed one joins the directories of the namespace around it.
    fn enter(
        &mut self,
        entry: FileName,
        (name, kind): (&str, Kind),
        namespace: NamespaceId,
        portions: &mut VecDeque<Portion>,
    ) -> Option<Portion> {
        if name.starts_with('.') || name == "__pycache__" || self.ignores(entry, true) {
            return None;
        }
        let path = self.tree.file_path(entry);
        if self.layout.roots.iter().any(|root| root.dir == path) {
            return None;
        }
        let collapses = self.is_covered(&self.layout.rules.collapse, entry, true);
        let portion = match self.list(path, Some(entry.dir)) {
            Ok(portion) => portion,
            Err(error) => {
                self.problems.push(Problem::unreadable(self.tree.file_path(entry), &error.message));
                return None;
            }
        };
        if kind == Kind::Link {
            self.note_link(portion.dir);
        }
        // A virtual environment, which nobody means as a package (PEP 405).
        if self.entry_named(&portion, "pyvenv.cfg").is_some() {
            return None;
        }
        if collapses {
            if let Some(init) = self.entry_named(&portion, "__init__.py") {
                self.problems.push(Problem::init_in_collapsed(self.tree.file_path(init)));
            }
            portions.push_back(portion);
            return None;
        }
        let is_nameable =
            is_identifier(name) && !is_keyword(name) && matches!(vfs::normal(self.vfs.texts(), name), Cow::Borrowed(_));
        if !is_nameable && !self.has_source(portion.dir, &portion.entries) {
            return None;
        }
        self.is_usable(entry, name, namespace).then_some(portion)
    }

    fn has_source(&self, dir: DirId, entries: &Entries) -> bool {
        let names = &self.tree.dirs.at(dir).names;
        entries.iter().any(|(start, end, kind)| {
            *kind != Kind::Dir && names.get(*start as usize..*end as usize).is_some_and(is_source)
        })
    }
}

/// Whether a name is a source file's. Case counts, as it does for Python's finder on every filesystem of Pyodide.
pub(crate) fn is_source(name: &str) -> bool {
    name.strip_suffix(".py").is_some()
}

#[cfg(test)]
mod tests;
