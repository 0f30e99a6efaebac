//! From the names in an import statement to registered modules.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::graph::ModuleId;
use crate::layout::tree::Tree;
use crate::name::{Inflector, ModuleName, join};

/// Finds children of namespaces by stem, and by the attribute that a stem stands for.
pub(super) struct Resolver<'a> {
    tree: &'a Tree,
    inflector: &'a Inflector,
    aliases: FxHashMap<String, BTreeMap<String, String>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(tree: &'a Tree, inflector: &'a Inflector) -> Self {
        Self { tree, inflector, aliases: FxHashMap::default() }
    }

    /// The module that a namespace has under a stem or an attribute name.
    pub(super) fn child(
        &mut self,
        ids: &FxHashMap<ModuleName, ModuleId>,
        namespace: &str,
        part: &str,
    ) -> Option<(String, ModuleId)> {
        let name = join(namespace, part);
        if let Some(id) = ids.get(name.as_str()) {
            return Some((name, *id));
        }
        self.tree.namespace_named(namespace)?;
        let (tree, inflector) = (self.tree, self.inflector);
        let aliases = self.aliases.entry(namespace.to_owned()).or_insert_with(|| tree.aliases(namespace, inflector));
        let name = join(namespace, aliases.get(part)?);
        let id = *ids.get(name.as_str())?;
        Some((name, id))
    }
}
