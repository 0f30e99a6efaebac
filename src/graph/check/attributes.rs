//! Where a project takes the attributes that its files are expected to define. A file of functions defines none, and that is no problem
//! until somebody takes it.

use rustc_hash::FxHashMap;

use crate::graph::files::ReadFile;
use crate::graph::index::ImportIndex;
use crate::graph::resolver::{ModuleId, Resolver, Start};
use crate::imports::{Import, Takes};

/// A line of a module.
#[derive(Clone, Copy)]
pub(super) struct Taker {
    pub module: ModuleId,
    pub line: u32,
}

/// The first line that takes the expected attribute of each module, in the order of the modules. An import that may fail takes nothing.
pub(super) fn taken(resolver: Resolver<'_>, index: &ImportIndex) -> FxHashMap<ModuleId, Taker> {
    let mut search = Search { resolver, index, found: FxHashMap::default() };
    for module in resolver.modules.ids() {
        let Some(file) = search.file(module) else { continue };
        for import in file.outline.imports.iter().filter(|import| !import.context.guarded) {
            search.import(Taker { module, line: import.line }, import);
        }
        for used in &file.uses {
            let mut package = resolver.modules.id(&used.package);
            if package.is_some() || used.package.is_empty() {
                let taker = Taker { module, line: used.line };
                search.chain(taker, &mut package, used.attributes.iter().map(String::as_str));
            }
        }
    }
    search.found
}

struct Search<'a> {
    resolver: Resolver<'a>,
    index: &'a ImportIndex,
    found: FxHashMap<ModuleId, Taker>,
}

impl<'a> Search<'a> {
    fn file(&self, id: ModuleId) -> Option<&'a ReadFile> {
        self.index.file(&self.resolver.modules.at(id).path)
    }

    fn import(&mut self, taker: Taker, import: &Import<'_>) {
        let mut place = match self.resolver.modules.start(taker.module, import.level) {
            Start::TopLevel => None,
            Start::Package(package) => Some(package),
            Start::Beyond => return,
        };
        let parts = import.module.split('.').filter(|part| !part.is_empty());
        if self.chain(taker, &mut place, parts)
            && let Takes::Names(names) = &import.takes
        {
            for taken in names {
                self.word(taker, place, &taken.name);
            }
        }
    }

    /// Follows words from a place on, each below the one before. Returns whether all of them lead somewhere, and moves the place there.
    fn chain<'w>(
        &mut self,
        taker: Taker,
        place: &mut Option<ModuleId>,
        mut words: impl Iterator<Item = &'w str>,
    ) -> bool {
        words.all(|word| {
            *place = self.word(taker, *place, word);
            place.is_some()
        })
    }

    /// Follows one word, and notes whose expected attribute it is.
    fn word(&mut self, taker: Taker, above: Option<ModuleId>, word: &str) -> Option<ModuleId> {
        let modules = self.resolver.modules;
        if let Some(stem) = modules.stem(above, word) {
            return Some(stem);
        }
        let body = above.and_then(|id| self.file(id));
        if body.is_some_and(|file| file.binds(word)) {
            return None;
        }
        let of_a_child = self.resolver.child(above, word);
        // Of a module that is no package the word can be its own attribute.
        let is_own =
            |id: &ModuleId| !modules.at(*id).is_package && self.resolver.attribute(*id).as_deref() == Some(word);
        if let Some(of) = of_a_child.or_else(|| above.filter(is_own)) {
            self.found.entry(of).or_insert(taker);
        }
        of_a_child
    }
}
