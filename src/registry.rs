//! Which modules there are, and which of them are loaded. Registration is the scan's [`Tree`]; the registry adds status to it,
//! and keeps it over the next scan.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::inflector::Inflector;
use crate::tree::{Module, Tree};

/// The status of a loaded module.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Load {
    mtime: Option<f64>,
    /// Whether its file has changed since.
    stale: bool,
}

/// All that is known of one module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModuleRecord {
    /// Dotted name.
    pub name: String,
    /// The file that runs when it is imported; for an implicit namespace package its first directory.
    pub path: String,
    /// Whether it has a `__path__`.
    pub is_package: bool,
    /// The attribute that its file is expected to define.
    pub attribute: Option<String>,
    /// Whether it is loaded, and its file has not changed since.
    pub loaded: bool,
    /// The modification time of its file when it was loaded, in seconds since 1970.
    pub mtime: Option<f64>,
    /// Modules that it imports.
    pub dependencies: Vec<String>,
    /// Modules that import it.
    pub dependents: Vec<String>,
}

/// Modules by name, with their status.
#[derive(Debug, Default)]
pub struct Registry {
    tree: Tree,
    loads: BTreeMap<String, Load>,
}

impl Registry {
    /// Registers what a scan has found, in place of what was registered; modules that are still there stay loaded.
    pub fn register(&mut self, tree: Tree) {
        self.loads.retain(|name, _| tree.get(name).is_some());
        self.tree = tree;
    }

    /// What is registered.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Sets the attributes of what is registered: see [`Tree::set_attributes`].
    pub fn set_attributes(&mut self, attributes: BTreeMap<String, String>) {
        self.tree.set_attributes(attributes);
    }

    /// The record of a module.
    #[must_use]
    pub fn record(&self, name: &str, inflector: &Inflector) -> Option<ModuleRecord> {
        self.tree.get(name).map(|module| self.describe(module, inflector))
    }

    /// The records of all modules, in the order of [`Tree::modules`].
    #[must_use]
    pub fn records(&self, inflector: &Inflector) -> Vec<ModuleRecord> {
        self.tree.modules().map(|module| self.describe(module, inflector)).collect()
    }

    fn describe(&self, module: Module, inflector: &Inflector) -> ModuleRecord {
        let load = self.loads.get(&module.name);
        ModuleRecord {
            attribute: self.tree.attribute(&module.name, inflector),
            loaded: load.is_some_and(|load| !load.stale),
            mtime: load.and_then(|load| load.mtime),
            dependencies: Vec::new(),
            dependents: Vec::new(),
            name: module.name,
            path: module.path,
            is_package: module.is_package,
        }
    }

    /// Notes that a module was executed, with its file's modification time in seconds since 1970 if it has a file. A name that is not registered is
    /// left alone.
    pub fn mark_loaded(&mut self, name: &str, mtime: Option<f64>) {
        if self.tree.get(name).is_some() {
            self.loads.insert(name.to_owned(), Load { mtime, stale: false });
        }
    }

    /// Notes that a module is no longer in `sys.modules`.
    pub fn mark_unloaded(&mut self, name: &str) {
        self.loads.remove(name);
    }

    /// Notes that a loaded module's file has changed. Says whether it was loaded.
    pub fn invalidate(&mut self, name: &str) -> bool {
        self.loads.get_mut(name).map(|load| load.stale = true).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModuleName;
    use crate::rules::Rules;
    use crate::scanner::{Layout, Root, scan};
    use crate::vfs::MemoryVfs;

    fn tree(files: &[&str]) -> Tree {
        let vfs: MemoryVfs = files.iter().map(|file| (format!("/app/{file}"), "")).collect();
        let root = Root { dir: "/app".to_owned(), namespace: ModuleName::new("app").unwrap() };
        let layout = Layout { roots: vec![root], rules: Rules::default(), reserved: BTreeMap::new() };
        scan(&vfs, &layout).unwrap().0
    }

    fn status(registry: &Registry, name: &str) -> (bool, Option<f64>) {
        let record = registry.record(name, &Inflector::default()).unwrap();
        (record.loaded, record.mtime)
    }

    #[test]
    fn a_module_is_registered_loaded_invalidated_and_unloaded() {
        let mut registry = Registry::default();
        registry.register(tree(&["user.py"]));
        assert_eq!(status(&registry, "app.user"), (false, None));
        registry.mark_loaded("app.user", Some(3.5));
        assert_eq!(status(&registry, "app.user"), (true, Some(3.5)));
        assert!(registry.invalidate("app.user"));
        assert_eq!(status(&registry, "app.user"), (false, Some(3.5)));
        registry.mark_unloaded("app.user");
        assert_eq!(status(&registry, "app.user"), (false, None));
        assert!(!registry.invalidate("app.user"));
    }

    #[test]
    fn a_new_scan_keeps_the_status_of_what_is_still_there() {
        let mut registry = Registry::default();
        registry.register(tree(&["kept.py", "gone.py"]));
        registry.mark_loaded("app.kept", Some(1.0));
        registry.mark_loaded("app.gone", Some(2.0));
        registry.register(tree(&["kept.py", "new.py"]));
        assert_eq!(status(&registry, "app.kept"), (true, Some(1.0)));
        assert!(registry.record("app.gone", &Inflector::default()).is_none());
        registry.register(tree(&["kept.py", "gone.py"]));
        assert_eq!(status(&registry, "app.gone"), (false, None));
    }

    #[test]
    fn an_unknown_name_cannot_be_loaded() {
        let mut registry = Registry::default();
        registry.register(tree(&["user.py"]));
        registry.mark_loaded("app.order", Some(1.0));
        registry.register(tree(&["user.py", "order.py"]));
        assert_eq!(status(&registry, "app.order"), (false, None));
    }

    #[test]
    fn records_carry_the_attribute() {
        let mut registry = Registry::default();
        registry.register(tree(&["users_controller.py", "models/user.py"]));
        let records = registry.records(&Inflector::default());
        let shown: Vec<_> = records
            .iter()
            .map(|record| (record.name.as_str(), record.attribute.as_deref().unwrap(), record.is_package))
            .collect();
        let expected = [
            ("app", "App", true),
            ("app.users_controller", "UsersController", false),
            ("app.models", "Models", true),
            ("app.models.user", "User", false),
        ];
        assert_eq!(shown, expected);
    }
}
