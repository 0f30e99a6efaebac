//! What attribute each module's file is expected to define: what the inflector says, or what was set from outside.

use std::collections::BTreeMap;

use crate::layout::tree::Tree;
use crate::name::Inflector;
use crate::name::{join, stem};

impl Tree {
    /// Sets the attribute of each module in the inflector's place. A module that is not named has none.
    pub fn set_attributes(&mut self, attributes: BTreeMap<String, String>) {
        self.attributes = Some(attributes);
    }

    /// Takes over what [`Self::set_attributes`] has set in an earlier tree.
    pub(crate) fn keep_attributes(&mut self, before: &mut Self) {
        self.attributes = before.attributes.take();
    }

    /// The attribute that a module's file is expected to define.
    #[must_use]
    pub fn attribute(&self, name: &str, inflector: &Inflector) -> Option<String> {
        match &self.attributes {
            Some(attributes) => attributes.get(name).cloned(),
            None => inflector.camelize(stem(name)),
        }
    }

    /// The attribute names of a namespace's modules that are not stems themselves. Where two stems have one, the first has it.
    #[must_use]
    pub fn aliases(&self, name: &str, inflector: &Inflector) -> BTreeMap<String, String> {
        let Some(namespace) = self.namespace_named(name) else { return BTreeMap::new() };
        let mut aliases = BTreeMap::new();
        for stem in self.stems(namespace) {
            if let Some(attr) = self.attribute(&join(name, stem), inflector)
                && attr != stem
            {
                aliases.entry(attr).or_insert_with(|| stem.to_owned());
            }
        }
        for stem in self.stems(namespace) {
            aliases.remove(stem);
        }
        aliases
    }
}
