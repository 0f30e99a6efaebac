//! Files that were read: what they import and bind, and what they use of packages.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use crate::graph::resolver::{ModuleId, Modules, Start};
use crate::ids;
use crate::imports::source::Source;
use crate::imports::{self, Import, Outline, Takes, Use};
use crate::name::ModuleName;
use crate::vfs::Texts;

/// Files by their paths.
pub(crate) type Files = FxHashMap<String, ReadFile>;

/// Up to this number of names a linear search is faster than making an index.
const FEW: usize = 32;

/// What a file imports, binds and uses.
#[derive(Debug)]
pub(crate) struct ReadFile {
    pub outline: Outline<'static>,
    /// Chains of attributes that start at packages.
    pub uses: Vec<Use>,
    starts: Starts,
    /// The places of its bindings, sorted by name. Made at the first question, and only if there are many.
    by_name: OnceCell<Vec<u32>>,
}

impl ReadFile {
    /// Reads the source of a module. Python older than 3.15 does not heed `__lazy_modules__`.
    pub fn read(
        source: &Source<'_>,
        texts: &dyn Texts,
        modules: &Modules,
        module: ModuleId,
        heeds_lazy_modules: bool,
    ) -> Self {
        let mut outline = imports::outline(source).normalized(texts);
        if heeds_lazy_modules && !outline.lazy_modules.is_empty() {
            outline.heed_lazy_modules(|level| package_at(modules, module, level));
        }
        let starts = Starts::of(modules, module, &outline);
        let uses = starts.uses(modules, module, source.text(), texts, &outline);
        Self { outline, uses, starts, by_name: OnceCell::new() }
    }

    /// Whether its text would be read the same for a module. In another layout attribute chains may start at other packages.
    pub fn fits(&self, modules: &Modules, module: ModuleId) -> bool {
        self.starts == Starts::of(modules, module, &self.outline)
    }

    /// Whether it binds a name at module level.
    pub fn binds(&self, name: &str) -> bool {
        let bindings = &self.outline.bindings;
        if bindings.len() <= FEW {
            return bindings.iter().any(|binding| binding.name == name);
        }
        let name_at = |place: u32| bindings.get(place as usize).map_or("", |binding| &*binding.name);
        let by_name = self.by_name.get_or_init(|| {
            let mut places: Vec<u32> = (0..).take(bindings.len()).collect();
            ids::sort(&mut places, &|a, b| name_at(a).cmp(name_at(b)));
            places
        });
        by_name.binary_search_by(|place| name_at(*place).cmp(name)).is_ok()
    }

    /// Whether it imports its own submodule of a name: `from . import user`.
    pub fn imports_below(&self, name: &str) -> bool {
        self.outline.imports.iter().any(|import| {
            import.level == 1
                && import.module.is_empty()
                && matches!(&import.takes, Takes::Names(names) if names.iter().any(|taken| taken.name == name))
        })
    }
}

/// Where the attribute chains of a file can start. In another layout another word may be a package.
#[derive(Debug, Default, PartialEq, Eq)]
struct Starts {
    /// The module that the file is.
    module: ModuleName,
    is_package: bool,
    /// The words that stand for packages, each with the package.
    roots: Vec<(String, String)>,
    /// Whether modules may be imported by a name in a text.
    by_name: bool,
}

impl Starts {
    fn of(modules: &Modules, module: ModuleId, outline: &Outline<'_>) -> Self {
        let of = modules.at(module);
        let mut starts = Self { module: of.name.clone(), is_package: of.is_package, ..Self::default() };
        for import in outline.imports.iter().filter(|import| !import.context.type_checking) {
            starts.import(modules, module, import);
        }
        starts
    }

    fn import(&mut self, modules: &Modules, module: ModuleId, import: &Import<'_>) {
        self.by_name |= import.level == 0 && import.module == "importlib";
        let start = match modules.start(module, import.level) {
            Start::TopLevel => None,
            Start::Package(package) => Some(package),
            Start::Beyond => return,
        };
        if import.takes == (Takes::Module { alias: None }) {
            let top = import.module.split('.').next().unwrap_or_default();
            return self.add(modules, top, modules.stem(None, top));
        }
        let mut parts = import.module.split('.').filter(|part| !part.is_empty());
        let Some(target) = parts.try_fold(start, |above, stem| modules.stem(above, stem).map(Some)) else { return };
        match &import.takes {
            Takes::Module { alias: Some(alias) } => self.add(modules, alias, target),
            Takes::Names(names) => {
                for taken in names {
                    let word = taken.alias.as_deref().unwrap_or(&taken.name);
                    self.add(modules, word, modules.stem(target, &taken.name));
                }
            }
            Takes::Module { alias: None } | Takes::Star => {}
        }
    }

    fn add(&mut self, modules: &Modules, word: &str, found: Option<ModuleId>) {
        if let Some(package) = found.map(|id| modules.at(id)).filter(|module| module.is_package)
            && !self.roots.iter().any(|(known, _)| known == word)
        {
            self.roots.push((word.to_owned(), package.name.to_string()));
        }
    }

    /// The attribute chains that start here, and the names that the file passes to `import_module`. The text is searched only if the file
    /// imports a package of the project or `importlib`; most do neither.
    fn uses(
        &self,
        modules: &Modules,
        module: ModuleId,
        text: &str,
        texts: &dyn Texts,
        outline: &Outline<'_>,
    ) -> Vec<Use> {
        if self.roots.is_empty() && !self.by_name {
            return Vec::new();
        }
        imports::uses(text, texts, outline, &self.roots, |level| package_at(modules, module, level))
    }
}

/// The package that so many dots stand for in a module; empty for the top level.
fn package_at(modules: &Modules, module: ModuleId, level: u32) -> Option<String> {
    match modules.start(module, level) {
        Start::TopLevel => Some(String::new()),
        Start::Package(package) => Some(modules.name(package).to_string()),
        Start::Beyond => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::walk::{Layout, Root, scan};
    use crate::vfs::{MemoryVfs, NoTexts};

    fn modules() -> Modules {
        let files = ["/r/p/__init__.py", "/r/p/a.py", "/r/p/q/b.py"].map(|path| (path, ""));
        let root = Root { dir: "/r".to_owned(), namespace: ModuleName::new("app").unwrap() };
        let layout = Layout { roots: vec![root], ..Layout::default() };
        Modules::of(&scan(&MemoryVfs::from_iter(files), &layout).unwrap().0)
    }

    fn read(text: &str) -> ReadFile {
        let modules = modules();
        ReadFile::read(&Source::new(text).unwrap(), &NoTexts, &modules, modules.id("app.p.a").unwrap(), true)
    }

    macro_rules! uses {
        ($($test:ident: $text:expr => [$($used:expr),*];)*) => {$(
            #[test]
            fn $test() {
                let uses = read($text).uses.into_iter();
                let shown: Vec<String> = uses.map(|used| format!("{}: {}", used.package, used.attributes.join("."))).collect();
                assert_eq!(shown, [$($used),*] as [&str; _]);
            }
        )*};
    }

    uses! {
        of_a_package_by_its_top: "import app.p.q\n\napp.p.q.b" => ["app: p.q.b"];
        of_a_package_by_an_alias: "import app.p.q as q\n\nq.b" => ["app.p.q: b"];
        of_a_package_that_is_taken: "from app.p import q as z\n\nz.b" => ["app.p.q: b"];
        of_a_package_beside_the_module: "from . import q\n\nq.b" => ["app.p.q: b"];
        of_a_package_around_the_module: "from .. import p\n\np.q" => ["app.p: q"];
        of_the_package_of_the_module: "from ... import app\n\napp.p" => [];
        of_a_module_are_none: "from app.p import a\n\na.b" => [];
        of_another_package_are_none: "import os\n\nos.path" => [];
        by_name: "from importlib import import_module\n\nimport_module('.q')" => ["app.p: q"];
    }

    #[test]
    fn one_of_many_bindings_is_found() {
        let many: Vec<String> = (0..100).rev().map(|number| format!("name_{number} = 1\n")).collect();
        let file = read(&many.concat());
        assert!(file.binds("name_0") && file.binds("name_57") && file.binds("name_99"));
        assert!(!file.binds("name_100") && !file.binds("name") && !file.binds(""));
    }
}
