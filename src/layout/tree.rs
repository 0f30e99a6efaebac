//! What a scan has found: namespaces, and the files that are their modules. It owns look-ups by name and by path, and no
//! status; the [registry](crate::reload::registry) knows what of it is loaded.
//!
//! A module is a span of its directory's listing. Full names and paths are put together when somebody asks for them, so a
//! scan of 10,000 files allocates for each directory and not for each file.

mod attributes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::ids;
use crate::name::join;
use crate::vfs;

/// Index of a directory in its tree.
pub(crate) type DirId = u32;
/// Index of a namespace in its tree; 0 is the top level.
pub(crate) type NamespaceId = u32;

/// A file name, as a span of a directory's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileName {
    pub dir: DirId,
    pub start: u32,
    pub end: u32,
}

/// A directory that was listed.
#[derive(Debug)]
pub(crate) struct Directory {
    pub path: String,
    /// The text of the listing; [`FileName`]s are spans of it.
    pub names: Arc<String>,
    pub parent: Option<DirId>,
    /// The namespace that its files belong to, once that is decided.
    pub namespace: Option<NamespaceId>,
}

/// What runs when a namespace is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Nothing: an implicit namespace package.
    Implicit,
    /// A package's `__init__.py`.
    Init(FileName),
    /// `hotel.py` beside `hotel/`: an explicit namespace.
    Beside(FileName),
}

/// A dotted name that has children.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub name: String,
    pub parent: Option<NamespaceId>,
    pub body: Body,
    /// Whether it is, or is above, what a root stands for; then it is there even without a file.
    pub is_root: bool,
    /// Its `__path__`.
    pub path: Vec<DirId>,
    /// Modules that are no namespaces, by stem.
    pub modules: Vec<FileName>,
    /// Namespaces below, by name.
    pub children: Vec<NamespaceId>,
}

impl Namespace {
    fn stem(&self) -> &str {
        self.name.rsplit_once('.').map_or(&self.name, |(_, stem)| stem)
    }
}

/// A module as the tree knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Dotted name.
    pub name: String,
    /// The file that runs when it is imported; for an implicit namespace package its first directory.
    pub path: String,
    /// Whether it has a `__path__`.
    pub is_package: bool,
}

/// What a module is made of: when that changes, it is another module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The file that runs when it is imported; none for an implicit namespace package.
    pub file: Option<String>,
    /// Its `__path__`; none for a plain module.
    pub path: Option<Vec<String>>,
}

/// What the finder needs to know about a namespace, in few long strings: Python splits them faster than it would take many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespaceView {
    /// Dotted name.
    pub name: String,
    /// The file that runs when it is imported; none for an implicit namespace package.
    pub file: Option<String>,
    /// Its `__path__`.
    pub path: Vec<String>,
    /// Directories, each with the stems of modules in it, between spaces. A directory may come more than once.
    pub modules: Vec<(String, String)>,
    /// The stems of the namespaces below it, between spaces.
    pub packages: String,
}

/// Everything that a scan has found.
#[derive(Debug)]
pub struct Tree {
    pub(crate) dirs: Vec<Directory>,
    pub(crate) namespaces: Vec<Namespace>,
    dirs_by_path: FxHashMap<String, DirId>,
    namespaces_by_name: FxHashMap<String, NamespaceId>,
    /// The attribute of each module by its name, where something else than the inflector has decided on them.
    attributes: Option<BTreeMap<String, String>>,
}

impl Default for Tree {
    fn default() -> Self {
        let mut tree = Self {
            dirs: Vec::new(),
            namespaces: Vec::new(),
            dirs_by_path: FxHashMap::default(),
            namespaces_by_name: FxHashMap::default(),
            attributes: None,
        };
        tree.add_namespace(String::new(), None, Body::Implicit);
        tree
    }
}

impl Tree {
    pub(crate) fn add_directory(&mut self, path: String, names: Arc<String>, parent: Option<DirId>) -> DirId {
        let id = DirId::try_from(self.dirs.len()).unwrap_or(DirId::MAX);
        self.dirs.push(Directory { path, names, parent, namespace: None });
        id
    }

    pub(crate) fn add_namespace(&mut self, name: String, parent: Option<NamespaceId>, body: Body) -> NamespaceId {
        let id = NamespaceId::try_from(self.namespaces.len()).unwrap_or(NamespaceId::MAX);
        let namespace = Namespace {
            name,
            parent,
            body,
            is_root: parent.is_none(),
            path: Vec::new(),
            modules: Vec::new(),
            children: Vec::new(),
        };
        self.namespaces.push(namespace);
        id
    }

    pub(crate) fn dir(&self, id: DirId) -> Option<&Directory> {
        self.dirs.get(id as usize)
    }

    pub(crate) fn namespace(&self, id: NamespaceId) -> Option<&Namespace> {
        self.namespaces.get(id as usize)
    }

    pub(crate) fn namespace_mut(&mut self, id: NamespaceId) -> Option<&mut Namespace> {
        self.namespaces.get_mut(id as usize)
    }

    /// A file's name, without its directory.
    pub(crate) fn file_name(&self, file: FileName) -> &str {
        self.dir(file.dir).and_then(|dir| dir.names.get(file.start as usize..file.end as usize)).unwrap_or_default()
    }

    /// A file's name without `.py`.
    pub(crate) fn stem(&self, file: FileName) -> &str {
        let name = self.file_name(file);
        name.strip_suffix(".py").unwrap_or(name)
    }

    /// A file's absolute path.
    pub(crate) fn file_path(&self, file: FileName) -> String {
        vfs::join(self.dir(file.dir).map_or("", |dir| &dir.path), self.file_name(file))
    }

    /// Ends the building of a tree: drops namespaces that turned out empty, turns explicit namespaces without children
    /// into plain modules, sorts, and indexes.
    pub(crate) fn seal(&mut self) {
        let (kept, demoted) = self.prune();
        for id in 0..self.namespaces.len() {
            let Some(namespace) = self.namespaces.get_mut(id) else { continue };
            let mut modules = std::mem::take(&mut namespace.modules);
            let mut children = std::mem::take(&mut namespace.children);
            children.retain(|child| kept.get(*child as usize) == Some(&true));
            ids::sort(&mut children, &|a, b| self.name(a).cmp(self.name(b)));
            // The scan adds them in order; what was pruned to a plain module comes last.
            if demoted.contains(&id) {
                modules.sort_unstable_by(|a, b| self.stem(*a).cmp(self.stem(*b)));
            }
            if let Some(namespace) = self.namespaces.get_mut(id) {
                namespace.modules = modules;
                namespace.children = children;
            }
        }
        for (id, namespace) in (0..).zip(&self.namespaces) {
            if kept.get(id as usize) == Some(&true) {
                self.namespaces_by_name.insert(namespace.name.clone(), id);
            }
        }
        for (id, dir) in (0..).zip(&self.dirs) {
            if dir.namespace.is_some_and(|namespace| kept.get(namespace as usize) == Some(&true)) {
                self.dirs_by_path.entry(dir.path.clone()).or_insert(id);
            }
        }
    }

    /// Which namespaces stay, and which got a module out of one that does not. Children come after their parents, so one pass
    /// backwards sees them first.
    fn prune(&mut self) -> (Vec<bool>, BTreeSet<usize>) {
        let mut kept = vec![false; self.namespaces.len()];
        let mut demoted = BTreeSet::new();
        for id in (0..self.namespaces.len()).rev() {
            let Some(namespace) = self.namespaces.get(id) else { continue };
            let has_children = namespace.is_root
                || !namespace.modules.is_empty()
                || namespace.children.iter().any(|child| kept.get(*child as usize) == Some(&true));
            let (keep, plain) = match namespace.body {
                Body::Init(_) => (true, None),
                Body::Beside(file) => (has_children, (!has_children).then_some(file)),
                Body::Implicit => (has_children, None),
            };
            if let (Some(file), Some(parent)) = (plain, namespace.parent)
                && let Some(namespace) = self.namespace_mut(parent)
            {
                namespace.modules.push(file);
                demoted.insert(parent as usize);
            }
            if let Some(slot) = kept.get_mut(id) {
                *slot = keep;
            }
        }
        (kept, demoted)
    }

    fn name(&self, id: NamespaceId) -> &str {
        self.namespace(id).map_or("", |namespace| &namespace.name)
    }

    pub(crate) fn namespace_named(&self, name: &str) -> Option<&Namespace> {
        self.namespaces_by_name.get(name).and_then(|id| self.namespace(*id))
    }

    fn module_file(&self, namespace: &Namespace, stem: &str) -> Option<FileName> {
        let at = namespace.modules.binary_search_by(|file| self.stem(*file).cmp(stem)).ok()?;
        namespace.modules.get(at).copied()
    }

    /// The module of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Module> {
        if name.is_empty() {
            return None;
        }
        if let Some(namespace) = self.namespace_named(name) {
            return Some(self.namespace_module(namespace));
        }
        let (parent, stem) = name.rsplit_once('.').unwrap_or(("", name));
        let file = self.module_file(self.namespace_named(parent)?, stem)?;
        Some(Module { name: name.to_owned(), path: self.file_path(file), is_package: false })
    }

    /// What a module is made of.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<Shape> {
        let Some(namespace) = self.namespace_named(name) else {
            return self.get(name).map(|module| Shape { file: Some(module.path), path: None });
        };
        let file = match namespace.body {
            Body::Init(file) | Body::Beside(file) => Some(self.file_path(file)),
            Body::Implicit => None,
        };
        let dirs = namespace.path.iter().filter_map(|dir| self.dir(*dir)).map(|dir| dir.path.clone());
        Some(Shape { file, path: Some(dirs.collect()) })
    }

    fn namespace_module(&self, namespace: &Namespace) -> Module {
        let first_dir = || namespace.path.first().and_then(|dir| self.dir(*dir)).map(|dir| dir.path.clone());
        let path = match namespace.body {
            Body::Init(file) | Body::Beside(file) => self.file_path(file),
            Body::Implicit => first_dir().unwrap_or_default(),
        };
        Module { name: namespace.name.clone(), path, is_package: true }
    }

    /// All modules, parents before children, siblings by name, namespaces before plain modules.
    pub fn modules(&self) -> impl Iterator<Item = Module> {
        let mut pending = vec![0];
        let mut modules = Vec::new();
        while let Some(id) = pending.pop() {
            let Some(namespace) = self.namespace(id) else { continue };
            if !namespace.name.is_empty() {
                modules.push(self.namespace_module(namespace));
            }
            modules.extend(namespace.modules.iter().map(|file| Module {
                name: join(&namespace.name, self.stem(*file)),
                path: self.file_path(*file),
                is_package: false,
            }));
            pending.extend(namespace.children.iter().rev());
        }
        modules.into_iter()
    }

    /// How many modules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.namespaces_by_name
            .len()
            .saturating_sub(1)
            .saturating_add(self.namespaces.iter().map(|namespace| namespace.modules.len()).sum())
    }

    /// Whether there is no module.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The stems of the modules right below a namespace.
    pub(crate) fn stems<'a>(&'a self, namespace: &'a Namespace) -> impl Iterator<Item = &'a str> {
        let children = namespace.children.iter().filter_map(|id| self.namespace(*id)).map(Namespace::stem);
        namespace.modules.iter().map(|file| self.stem(*file)).chain(children)
    }

    /// Whether a namespace has a module of a stem.
    pub(crate) fn contains(&self, namespace: &str, stem: &str) -> bool {
        self.namespace_named(namespace).is_some_and(|found| self.module_file(found, stem).is_some())
            || self.namespaces_by_name.contains_key(&join(namespace, stem))
    }

    /// A namespace, as the finder wants it.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<NamespaceView> {
        let namespace = self.namespace_named(name)?;
        let mut modules: Vec<(DirId, String)> = Vec::new();
        for file in &namespace.modules {
            if modules.last().is_none_or(|(dir, _)| *dir != file.dir) {
                modules.push((file.dir, String::new()));
            }
            if let Some((_, stems)) = modules.last_mut() {
                if !stems.is_empty() {
                    stems.push(' ');
                }
                stems.push_str(self.stem(*file));
            }
        }
        let path_of = |dir: DirId| self.dir(dir).map(|dir| dir.path.clone()).unwrap_or_default();
        let packages: Vec<&str> =
            namespace.children.iter().filter_map(|id| self.namespace(*id)).map(Namespace::stem).collect();
        Some(NamespaceView {
            name: namespace.name.clone(),
            file: match namespace.body {
                Body::Init(file) | Body::Beside(file) => Some(self.file_path(file)),
                Body::Implicit => None,
            },
            path: namespace.path.iter().map(|dir| path_of(*dir)).collect(),
            modules: modules.into_iter().map(|(dir, stems)| (path_of(dir), stems)).collect(),
            packages: packages.join(" "),
        })
    }

    /// The name of the module that a file or a directory is; none where the path is not managed, shadowed, or the top level.
    #[must_use]
    pub fn name_at(&self, path: &str) -> Option<String> {
        if let Some(dir) = self.dirs_by_path.get(path).and_then(|id| self.dir(*id)) {
            return dir.namespace.map(|id| self.name(id).to_owned()).filter(|name| !name.is_empty());
        }
        let (dir, name) = path.rsplit_once('/')?;
        let stem = name.strip_suffix(".py")?;
        let dir = self.dirs_by_path.get(if dir.is_empty() { "/" } else { dir }).and_then(|id| self.dir(*id))?;
        let namespace = self.namespace(dir.namespace?)?;
        let candidates = [namespace.name.clone(), join(&namespace.name, stem)];
        candidates.into_iter().find(|name| self.get(name).is_some_and(|module| module.path == path))
    }
}
