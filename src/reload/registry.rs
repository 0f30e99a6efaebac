//! Which modules there are, and which of them are loaded. Registration is the scan's [`Tree`]; the registry adds status to it,
//! and keeps it over the next scan.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::graph::index::ImportIndex;
use crate::layout::problem::Problem;
use crate::layout::tree::{Module, Shape, Tree};
use crate::layout::walk::{Layout, scan};
use crate::name::{Inflector, ModuleName};
use crate::reload::reason::Reason;
use crate::vfs::Vfs;

/// One execution of a module, as the facade tells it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Execution {
    /// Dotted name.
    pub name: String,
    /// The modification time of its file, in seconds since 1970, if it has a file.
    pub mtime: Option<f64>,
    /// A hash of the source that was executed.
    pub digest: Option<u64>,
    /// Its place among all executions, by their start.
    pub started: u64,
    /// Whether its body raised; then it is not in `sys.modules`, but whoever caught the error may depend on it.
    pub failed: bool,
}

/// The status of a module that was executed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Load {
    pub execution: Execution,
    /// Its place among all executions, by their end: what a module imports ends before it.
    pub ended: u64,
    /// Whether it had been executed before, or had failed to be: who imports it may have what came of that.
    pub is_renewal: bool,
    /// The file and the `__path__` that it was executed with.
    pub shape: Shape,
    /// Why it would not be the same if it were imported now, for a reason of its own.
    pub stale: Option<Reason>,
    /// Whether its last reload has failed, and not for a reason of its own.
    pub blocked: bool,
    /// What it imported before its file changed.
    pub imported: Option<Vec<ModuleName>>,
    /// If it was not there and would be another now: how many executions had ended by then. What ended before has seen another failure
    /// than a fresh process would, or another module.
    pub changed: Option<u64>,
}

impl Load {
    /// Whether a module would not be the same if it were imported now, or those that have seen it fail.
    pub fn waits(&self) -> bool {
        self.waits_for().is_some() || self.changed.is_some()
    }

    /// Why a module would not be the same if it were imported now.
    pub fn waits_for(&self) -> Option<Reason> {
        self.stale.clone().or(self.blocked.then_some(Reason::Blocked))
    }
}

/// All that is known of one module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModuleRecord {
    /// Dotted name.
    pub name: ModuleName,
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
    pub dependencies: Vec<ModuleName>,
    /// Modules that import it.
    pub dependents: Vec<ModuleName>,
}

/// What ran last under a name.
#[derive(Debug)]
struct LastRun {
    /// A hash of the source.
    digest: Option<u64>,
    /// If it was removed with its file: how many executions had ended by then.
    removed: Option<u64>,
}

/// Modules by name, with their status.
#[derive(Debug, Default)]
pub struct Registry {
    tree: Tree,
    problems: Vec<Problem>,
    loads: BTreeMap<ModuleName, Load>,
    /// What ran last under each name, loaded still or not.
    last: FxHashMap<String, LastRun>,
    ended: u64,
}

impl Registry {
    /// Scans the roots, and registers what there is in place of what was registered.
    ///
    /// # Errors
    /// A filesystem error where a root cannot be read; what was registered stays.
    pub(crate) fn scan(
        &mut self,
        vfs: &dyn Vfs,
        layout: &Layout,
        inflector: &Inflector,
        index: &mut ImportIndex,
    ) -> Result<()> {
        let (tree, problems) = scan(vfs, layout)?;
        index.forget_names(vfs, &self.tree, inflector, self.ended);
        self.register(tree);
        self.problems = problems;
        Ok(())
    }

    /// The problems of the last scan, by path.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Registers what a scan has found, in place of what was registered. What is loaded stays loaded, also where its file is gone, until
    /// [`Self::mark_unloaded`].
    pub fn register(&mut self, mut tree: Tree) {
        // Until somebody decides on the attributes of what is new.
        tree.keep_attributes(&mut self.tree);
        self.tree = tree;
    }

    /// How many executions have ended.
    pub(crate) fn ended(&self) -> u64 {
        self.ended
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
        let load = self.loads.get(&*module.name).filter(|load| !load.execution.failed);
        ModuleRecord {
            attribute: self.tree.attribute(&module.name, inflector),
            loaded: load.is_some_and(|load| load.stale.is_none()),
            mtime: load.and_then(|load| load.execution.mtime),
            dependencies: Vec::new(),
            dependents: Vec::new(),
            name: module.name,
            path: module.path,
            is_package: module.is_package,
        }
    }

    /// Notes that a module was executed. A name that is not registered is left alone.
    pub fn mark_loaded(&mut self, execution: Execution) {
        let Some((name, shape)) = self.tree.named_shape(&execution.name) else { return };
        // That it runs again, well or not, is nothing that those have seen who saw it fail.
        let changed = self.loads.get(&*name).and_then(|load| {
            let is_other = load.execution.failed && load.execution.digest != execution.digest;
            load.changed.or(is_other.then_some(self.ended))
        });
        // What was put into the running code has not run again: those that import it have the module that there is.
        let is_same = |load: &&Load| !load.execution.failed && load.execution.started == execution.started;
        let before = self.loads.get(&*name);
        let (ended, is_renewal) =
            before.filter(is_same).map_or((self.ended + 1, before.is_some()), |load| (load.ended, load.is_renewal));
        self.ended = self.ended.max(ended);
        self.last.insert(name.to_string(), LastRun { digest: execution.digest, removed: None });
        let load = Load { ended, is_renewal, shape, stale: None, blocked: false, imported: None, changed, execution };
        self.loads.insert(name, load);
    }

    /// Whether the code that ran last under the name of a module was other than that of a hash.
    pub(crate) fn ran_other_code(&self, name: &str, digest: Option<u64>) -> bool {
        self.last.get(name).is_some_and(|last| last.digest != digest)
    }

    /// Notes that a module is no longer in `sys.modules`. Where its file is still there, those stay who have imported it: it is to them
    /// what one is that has failed.
    pub fn mark_unloaded(&mut self, name: &str) {
        match self.loads.get_mut(name) {
            Some(load) if self.tree.shape(name).is_some() => load.execution.failed = true,
            _ => {
                if let Some(last) = self.last.get_mut(name) {
                    last.removed = Some(self.ended);
                }
                return drop(self.loads.remove(name));
            }
        }
        if let Some(reason) = self.load(name).and_then(Load::waits_for) {
            self.invalidate(name, Some(reason));
        }
    }

    /// Whether one of some modules was removed since so many executions had ended, and has not run again.
    pub(crate) fn has_lost(&self, imported: &[ModuleName], since: u64) -> bool {
        let removed = |name: &ModuleName| self.last.get(&**name)?.removed;
        imported.iter().filter_map(removed).any(|removed| removed >= since)
    }

    /// Notes that a module could not be reloaded, and not for a reason of its own; or that nothing prevents it any longer.
    pub fn mark_blocked(&mut self, name: &str, blocked: bool) {
        if let Some(load) = self.loads.get_mut(name) {
            load.blocked = blocked;
        }
    }

    /// Notes that a module would not be the same if it were imported now, and why; or that it would be again.
    pub fn invalidate(&mut self, name: &str, reason: Option<Reason>) {
        if let Some(load) = self.loads.get_mut(name) {
            if load.execution.failed {
                load.changed = reason.is_some().then_some(self.ended);
                // Nothing runs that was made of another file, and who saw it fail is told of the change once.
                if let Some(shape) = self.tree.shape(name) {
                    load.shape = shape;
                }
            }
            load.stale = reason;
        }
    }

    /// Notes what a module imported before its file changed.
    pub(crate) fn keep_imported(&mut self, name: &str, imported: Option<Vec<ModuleName>>) {
        if let Some(load) = self.loads.get_mut(name) {
            load.imported = imported;
        }
    }

    /// The status of a module that was executed, or failed.
    pub(crate) fn load(&self, name: &str) -> Option<&Load> {
        self.loads.get(name)
    }

    /// The status of all modules that were executed, by name.
    pub(crate) fn loads(&self) -> impl Iterator<Item = (&ModuleName, &Load)> {
        self.loads.iter()
    }

    /// Takes a module's `__path__` for the one that it has now.
    pub(crate) fn reshape(&mut self, name: &str, shape: Shape) {
        if let Some(load) = self.loads.get_mut(name) {
            load.shape = shape;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::rules::Rules;
    use crate::layout::walk::Root;
    use crate::vfs::MemoryVfs;

    fn tree(files: &[&str]) -> Tree {
        let vfs: MemoryVfs = files.iter().map(|file| (format!("/app/{file}"), "")).collect();
        let root = Root { dir: "/app".to_owned(), namespace: ModuleName::new("app").unwrap() };
        let layout = Layout { roots: vec![root], rules: Rules::default(), reserved: BTreeMap::new() };
        scan(&vfs, &layout).unwrap().0
    }

    fn execution(name: &str, mtime: f64) -> Execution {
        Execution { name: name.to_owned(), mtime: Some(mtime), ..Execution::default() }
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
        registry.mark_loaded(execution("app.user", 3.5));
        assert_eq!(status(&registry, "app.user"), (true, Some(3.5)));
        registry.invalidate("app.user", Some(Reason::Changed));
        assert_eq!(status(&registry, "app.user"), (false, Some(3.5)));
        registry.invalidate("app.user", None);
        assert_eq!(status(&registry, "app.user"), (true, Some(3.5)));
        registry.mark_unloaded("app.user");
        assert_eq!(status(&registry, "app.user"), (false, None));
    }

    #[test]
    fn a_module_that_failed_is_not_loaded() {
        let mut registry = Registry::default();
        registry.register(tree(&["user.py"]));
        registry.mark_loaded(Execution { failed: true, ..execution("app.user", 3.5) });
        assert_eq!(status(&registry, "app.user"), (false, None));
    }

    #[test]
    fn what_is_patched_keeps_its_place_among_the_executions() {
        let mut registry = Registry::default();
        registry.register(tree(&["user.py", "order.py"]));
        registry.mark_loaded(Execution { started: 1, ..execution("app.user", 1.0) });
        registry.mark_loaded(Execution { started: 0, ..execution("app.order", 1.0) });
        registry.invalidate("app.user", Some(Reason::Changed));
        registry.mark_loaded(Execution { started: 1, ..execution("app.user", 2.0) });
        assert_eq!(status(&registry, "app.user"), (true, Some(2.0)));
        assert_eq!((registry.load("app.user").unwrap().ended, registry.ended()), (1, 2));
        registry.mark_loaded(Execution { started: 2, ..execution("app.user", 3.0) });
        assert_eq!(registry.load("app.user").unwrap().ended, 3);
    }

    #[test]
    fn a_new_scan_keeps_the_status() {
        let mut registry = Registry::default();
        registry.register(tree(&["kept.py", "gone.py"]));
        registry.mark_loaded(execution("app.kept", 1.0));
        registry.mark_loaded(execution("app.gone", 2.0));
        registry.register(tree(&["kept.py", "new.py"]));
        assert_eq!(status(&registry, "app.kept"), (true, Some(1.0)));
        assert!(registry.record("app.gone", &Inflector::default()).is_none());
        registry.mark_unloaded("app.gone");
        registry.register(tree(&["kept.py", "gone.py"]));
        assert_eq!(status(&registry, "app.gone"), (false, None));
    }

    #[test]
    fn an_unknown_name_cannot_be_loaded() {
        let mut registry = Registry::default();
        registry.register(tree(&["user.py"]));
        registry.mark_loaded(execution("app.order", 1.0));
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
            .map(|record| (&*record.name, record.attribute.as_deref().unwrap(), record.is_package))
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
