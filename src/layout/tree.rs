//! What a scan has found: namespaces, and the files that are their modules. It owns the lookups by name and by path, and no
//! status; the [registry](crate::reload::registry) knows what of it is loaded.
//!
//! A module is a span of its directory's listing. Full names and paths are put together when somebody asks for them, so a
//! scan of 10,000 files allocates for each directory and not for each file.

mod attributes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::ids::{self, IndexVec, id_type};
use crate::name::{ModuleName, join};
use crate::vfs;

id_type! {
    /// A directory of a tree.
    DirId
}

id_type! {
    /// A namespace of a tree.
    NamespaceId
}

impl NamespaceId {
    /// The top level, which every tree has first.
    pub(crate) const TOP: Self = Self(0);
}

/// A file name, as a span of a directory's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileName {
    pub dir: DirId,
    pub start: u32,
    pub end: u32,
}

/// A directory that was listed.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub path: String,
    /// The text of the listing; [`FileName`]s are spans of it.
    pub names: Arc<String>,
    pub parent: Option<DirId>,
    /// The namespace that its files belong to, once that is decided.
    pub namespace: Option<NamespaceId>,
}

/// What runs when a namespace is imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Body {
    /// Nothing: an implicit namespace package.
    #[default]
    Implicit,
    /// A package's `__init__.py`.
    Init(FileName),
    /// `hotel.py` beside `hotel/`: an explicit namespace.
    Beside(FileName),
}

impl Body {
    pub fn file(self) -> Option<FileName> {
        match self {
            Self::Init(file) | Self::Beside(file) => Some(file),
            Self::Implicit => None,
        }
    }
}

/// A dotted name that has children.
#[derive(Debug, Default)]
pub(crate) struct Namespace {
    pub name: ModuleName,
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

/// A module as the tree knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Dotted name.
    pub name: ModuleName,
    /// The file that runs when it is imported; for an implicit namespace package its first directory.
    pub path: String,
    /// Whether it has a `__path__`.
    pub is_package: bool,
}

/// The files behind a module. If they change, a reload makes it another module.
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
    pub name: ModuleName,
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
    pub(crate) dirs: IndexVec<DirId, Directory>,
    pub(crate) namespaces: IndexVec<NamespaceId, Namespace>,
    dirs_by_path: FxHashMap<String, DirId>,
    namespaces_by_name: FxHashMap<ModuleName, NamespaceId>,
    /// The attribute of each module by its name, if they were set from outside.
    attributes: Option<BTreeMap<String, String>>,
    /// Links to directories and to source files, each followed by the path without links that it stands for, with a NUL behind each path.
    pub(crate) links: String,
}

impl Default for Tree {
    fn default() -> Self {
        let mut tree = Self {
            dirs: IndexVec::default(),
            namespaces: IndexVec::default(),
            dirs_by_path: FxHashMap::default(),
            namespaces_by_name: FxHashMap::default(),
            attributes: None,
            links: String::new(),
        };
        tree.add_namespace(ModuleName::top_level(), None, Body::Implicit);
        tree
    }
}

impl Tree {
    pub(crate) fn add_directory(&mut self, path: String, names: Arc<String>, parent: Option<DirId>) -> DirId {
        self.dirs.push(Directory { path, names, parent, namespace: None })
    }

    pub(crate) fn add_namespace(&mut self, name: ModuleName, parent: Option<NamespaceId>, body: Body) -> NamespaceId {
        self.namespaces.push(Namespace { name, parent, body, is_root: parent.is_none(), ..Namespace::default() })
    }

    /// A file's name, without its directory.
    pub(crate) fn file_name(&self, file: FileName) -> &str {
        self.dirs.at(file.dir).names.get(file.start as usize..file.end as usize).unwrap_or_default()
    }

    /// A file's name without `.py`.
    pub(crate) fn stem(&self, file: FileName) -> &str {
        let name = self.file_name(file);
        name.strip_suffix(".py").unwrap_or(name)
    }

    /// A file's absolute path.
    pub(crate) fn file_path(&self, file: FileName) -> String {
        vfs::join(&self.dirs.at(file.dir).path, self.file_name(file))
    }

    /// Ends the building of a tree: drops namespaces that turned out empty, turns explicit namespaces without children
    /// into plain modules, sorts, and indexes.
    pub(crate) fn seal(&mut self) {
        let (kept, demoted) = self.prune();
        for id in self.namespaces.ids() {
            let namespace = self.namespaces.at_mut(id);
            let mut modules = std::mem::take(&mut namespace.modules);
            let mut children = std::mem::take(&mut namespace.children);
            children.retain(|child| *kept.at(*child));
            ids::sort(&mut children, &|a, b| self.name(a).cmp(self.name(b)));
            // The scan adds them in order; what was pruned to a plain module comes last.
            if demoted.contains(&id) {
                modules = ids::sorted(modules, &|a, b| self.stem(*a).cmp(self.stem(*b)));
            }
            let namespace = self.namespaces.at_mut(id);
            namespace.modules = modules;
            namespace.children = children;
        }
        for (id, namespace) in self.namespaces.pairs().filter(|(id, _)| *kept.at(*id)) {
            self.namespaces_by_name.insert(namespace.name.clone(), id);
        }
        for (id, dir) in self.dirs.pairs() {
            if dir.namespace.is_some_and(|namespace| *kept.at(namespace)) {
                self.dirs_by_path.entry(dir.path.clone()).or_insert(id);
            }
        }
    }

    /// Which namespaces stay, and which gained a plain module because a namespace below them does not. Children come after their
    /// parents, so one pass backwards sees them first.
    fn prune(&mut self) -> (IndexVec<NamespaceId, bool>, BTreeSet<NamespaceId>) {
        let mut kept = IndexVec::filled(self.namespaces.len(), false);
        let mut demoted = BTreeSet::new();
        for id in self.namespaces.ids().rev() {
            let namespace = self.namespaces.at(id);
            let has_children = namespace.is_root
                || !namespace.modules.is_empty()
                || namespace.children.iter().any(|child| *kept.at(*child));
            let (keep, plain) = match namespace.body {
                Body::Init(_) => (true, None),
                Body::Beside(file) => (has_children, (!has_children).then_some(file)),
                Body::Implicit => (has_children, None),
            };
            if let (Some(file), Some(parent)) = (plain, namespace.parent) {
                self.namespaces.at_mut(parent).modules.push(file);
                demoted.insert(parent);
            }
            *kept.at_mut(id) = keep;
        }
        (kept, demoted)
    }

    fn name(&self, id: NamespaceId) -> &ModuleName {
        &self.namespaces.at(id).name
    }

    pub(crate) fn namespace_named(&self, name: &str) -> Option<&Namespace> {
        self.namespaces_by_name.get(name).map(|id| self.namespaces.at(*id))
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
        let namespace = self.namespace_named(parent)?;
        Some(self.plain_module(namespace, self.module_file(namespace, stem)?))
    }

    /// What a module is made of.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<Shape> {
        self.named_shape(name).map(|(_, shape)| shape)
    }

    /// A module's name and what it is made of.
    pub(crate) fn named_shape(&self, name: &str) -> Option<(ModuleName, Shape)> {
        let Some(namespace) = self.namespace_named(name) else {
            return self.get(name).map(|module| (module.name, Shape { file: Some(module.path), path: None }));
        };
        let file = namespace.body.file().map(|file| self.file_path(file));
        Some((namespace.name.clone(), Shape { file, path: Some(self.path(namespace)) }))
    }

    /// A namespace's `__path__`.
    fn path(&self, namespace: &Namespace) -> Vec<String> {
        namespace.path.iter().map(|dir| self.dirs.at(*dir).path.clone()).collect()
    }

    fn plain_module(&self, namespace: &Namespace, file: FileName) -> Module {
        Module { name: namespace.name.child(self.stem(file)), path: self.file_path(file), is_package: false }
    }

    fn namespace_module(&self, namespace: &Namespace) -> Module {
        let first_dir = || namespace.path.first().map(|dir| self.dirs.at(*dir).path.clone());
        let path = namespace.body.file().map(|file| self.file_path(file)).or_else(first_dir).unwrap_or_default();
        Module { name: namespace.name.clone(), path, is_package: true }
    }

    /// All modules, parents before children, siblings by name, namespaces before plain modules.
    pub fn modules(&self) -> impl Iterator<Item = Module> {
        let mut pending = vec![NamespaceId::TOP];
        let mut modules = Vec::new();
        while let Some(id) = pending.pop() {
            let namespace = self.namespaces.at(id);
            if !namespace.name.is_empty() {
                modules.push(self.namespace_module(namespace));
            }
            modules.extend(namespace.modules.iter().map(|file| self.plain_module(namespace, *file)));
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
        let children = namespace.children.iter().map(|id| self.name(*id).stem());
        namespace.modules.iter().map(|file| self.stem(*file)).chain(children)
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
        let packages: Vec<&str> = namespace.children.iter().map(|id| self.name(*id).stem()).collect();
        Some(NamespaceView {
            name: namespace.name.clone(),
            file: namespace.body.file().map(|file| self.file_path(file)),
            path: self.path(namespace),
            modules: modules.into_iter().map(|(dir, stems)| (self.dirs.at(dir).path.clone(), stems)).collect(),
            packages: packages.join(" "),
        })
    }

    /// The name of the module at a path. None if the path is not managed, is shadowed, or is the top level.
    #[must_use]
    pub fn name_at(&self, path: &str) -> Option<ModuleName> {
        if let Some(id) = self.dirs_by_path.get(path) {
            return self.dirs.at(*id).namespace.map(|id| self.name(id).clone()).filter(|name| !name.is_empty());
        }
        let (dir, name) = path.rsplit_once('/')?;
        let stem = name.strip_suffix(".py")?;
        let dir = self.dirs.at(*self.dirs_by_path.get(if dir.is_empty() { "/" } else { dir })?);
        let namespace = self.namespaces.at(dir.namespace?);
        let candidates = [self.get(&namespace.name), self.get(&join(&namespace.name, stem))];
        candidates.into_iter().flatten().find(|module| module.path == path).map(|module| module.name)
    }
}
