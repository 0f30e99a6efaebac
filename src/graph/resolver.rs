//! Name resolution: which module a word of an import path leads to. Import statements, attribute chains and `check` all resolve names here.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use crate::ids::{IndexVec, id_type};
use crate::layout::tree::{Module, Tree};
use crate::name::{Inflector, ModuleName};

id_type! {
    /// A module of a graph.
    ModuleId
}

/// The modules of a tree by id, parents first, with lookup tables for the words below them. The table of a package's attribute names is
/// made at the first lookup that no stem answers, and kept as long as the tree. Most packages never need one.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    entries: IndexVec<ModuleId, Entry>,
    top_level: Words,
}

#[derive(Debug, Default)]
struct Entry {
    module: Module,
    parent: Option<ModuleId>,
    /// The lookup table for the words below it, if it is a package.
    words: Option<Box<Words>>,
}

/// What words lead to in one namespace.
#[derive(Debug, Default)]
struct Words {
    stems: FxHashMap<String, ModuleId>,
    /// Attribute names that are not stems themselves.
    attributes: OnceCell<FxHashMap<String, ModuleId>>,
}

impl Modules {
    /// Numbers the modules of a tree.
    pub fn of(tree: &Tree) -> Self {
        let mut modules = Self::default();
        let mut parent = None;
        for module in tree.modules() {
            let stem = module.name.stem().to_owned();
            let is_sibling = |id: ModuleId| module.name.parent() == Some(&**modules.name(id));
            if !parent.is_some_and(is_sibling) {
                parent = module.name.parent().and_then(|name| modules.id(name));
            }
            let words = module.is_package.then(Box::default);
            let id = modules.entries.push(Entry { module, parent, words });
            if let Some(words) = modules.words_mut(parent) {
                words.stems.insert(stem, id);
            }
        }
        modules
    }

    fn words(&self, above: Option<ModuleId>) -> Option<&Words> {
        above.map_or(Some(&self.top_level), |id| self.entries.at(id).words.as_deref())
    }

    fn words_mut(&mut self, above: Option<ModuleId>) -> Option<&mut Words> {
        match above {
            None => Some(&mut self.top_level),
            Some(id) => self.entries.at_mut(id).words.as_deref_mut(),
        }
    }

    /// How many modules there are.
    pub fn len(&self) -> u32 {
        self.entries.len()
    }

    /// The ids of all modules, parents first.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ModuleId> + Clone + use<> {
        self.entries.ids()
    }

    /// The modules, parents first.
    pub fn iter(&self) -> impl Iterator<Item = &Module> {
        self.entries.iter().map(|entry| &entry.module)
    }

    /// The module of an id.
    pub fn at(&self, id: ModuleId) -> &Module {
        &self.entries.at(id).module
    }

    /// The name of a module.
    pub fn name(&self, id: ModuleId) -> &ModuleName {
        &self.at(id).name
    }

    /// The package that a module is in.
    pub fn parent(&self, id: ModuleId) -> Option<ModuleId> {
        self.entries.at(id).parent
    }

    /// The module of a stem below another, or at the top level.
    pub fn stem(&self, above: Option<ModuleId>, stem: &str) -> Option<ModuleId> {
        self.words(above)?.stems.get(stem).copied()
    }

    /// The module of a dotted name.
    pub fn id(&self, name: &str) -> Option<ModuleId> {
        name.split('.').try_fold(None, |above, stem| self.stem(above, stem).map(Some))?
    }

    /// Where an import with this number of dots starts.
    pub fn start(&self, importer: ModuleId, level: u32) -> Start {
        if level == 0 {
            return Start::TopLevel;
        }
        let mut package = importer;
        for _ in u32::from(self.at(importer).is_package)..level {
            let Some(parent) = self.parent(package) else { return Start::Beyond };
            package = parent;
        }
        Start::Package(package)
    }

    /// The modules right below a package, or at the top level, with their stems; in no order.
    pub fn children(&self, above: Option<ModuleId>) -> impl Iterator<Item = (&str, ModuleId)> {
        self.words(above).into_iter().flat_map(|words| words.stems.iter().map(|(stem, id)| (stem.as_str(), *id)))
    }

    /// A resolver that gets attribute names from a tree and an inflector.
    pub fn resolver<'a>(&'a self, tree: &'a Tree, inflector: &'a Inflector) -> Resolver<'a> {
        Resolver { modules: self, tree, inflector }
    }
}

/// Where an import path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// The top level, as every absolute import does.
    TopLevel,
    /// A package.
    Package(ModuleId),
    /// A relative import has more dots than there are packages around it.
    Beyond,
}

/// Resolves words below modules, with the tables of [`Modules`].
#[derive(Clone, Copy)]
pub(crate) struct Resolver<'a> {
    pub modules: &'a Modules,
    tree: &'a Tree,
    inflector: &'a Inflector,
}

impl Resolver<'_> {
    /// The module that a word below another, or at the top level, leads to. The word is a stem, or the attribute that a stem stands for.
    pub fn child(&self, above: Option<ModuleId>, word: &str) -> Option<ModuleId> {
        let words = self.modules.words(above)?;
        let attributes = || words.attributes.get_or_init(|| self.attributes(above, words));
        words.stems.get(word).or_else(|| attributes().get(word)).copied()
    }

    fn attributes(&self, above: Option<ModuleId>, words: &Words) -> FxHashMap<String, ModuleId> {
        let namespace = above.map_or("", |id| self.modules.name(id));
        let aliases = self.tree.aliases(namespace, self.inflector).into_iter();
        aliases.filter_map(|(attribute, stem)| Some((attribute, *words.stems.get(&stem)?))).collect()
    }

    /// The attribute that a module's file is expected to define.
    pub fn attribute(&self, id: ModuleId) -> Option<String> {
        self.tree.attribute(self.modules.name(id), self.inflector)
    }
}
