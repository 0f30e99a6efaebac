//! Links the other way round: who imports each module.

use crate::graph::links::Link;
use crate::graph::resolver::ModuleId;
use crate::ids::{self, IndexVec};

/// Links that count.
type Counts = fn(&Link) -> bool;

/// The importers of each module, sorted, by links of some kind.
#[derive(Debug, Default)]
pub(super) struct Importers {
    of: IndexVec<ModuleId, Vec<ModuleId>>,
}

impl Importers {
    /// Turns round those of all links that count.
    pub fn new(links: &IndexVec<ModuleId, Vec<Link>>, counts: Counts) -> Self {
        let mut of: IndexVec<ModuleId, Vec<ModuleId>> = IndexVec::filled(links.len(), Vec::new());
        for (id, links) in links.pairs() {
            for link in links.iter().filter(|link| counts(link)) {
                add(of.at_mut(link.imported), id);
            }
        }
        Self { of }
    }

    /// The importers of a module.
    pub fn of(&self, id: ModuleId) -> &[ModuleId] {
        self.of.at(id)
    }

    /// Takes the place of some modules' links by `fresh` ones, sorted by id. Each list is updated once, however many of the modules are in it.
    pub fn update(&mut self, links: &IndexVec<ModuleId, Vec<Link>>, fresh: &[(ModuleId, Vec<Link>)], counts: Counts) {
        let targets = |links: &[Link]| -> Vec<ModuleId> {
            links.iter().filter(|link| counts(link)).map(|link| link.imported).collect()
        };
        let mut is_moved = IndexVec::filled(links.len(), false);
        let mut moved = Vec::new();
        let mut touched = Vec::new();
        for (id, now) in fresh {
            let (before, now) = (targets(links.at(*id)), targets(now));
            if before != now {
                *is_moved.at_mut(*id) = true;
                touched.extend(before.into_iter().chain(now.iter().copied()));
                moved.push((*id, now));
            }
        }
        ids::sort(&mut touched, &|a, b| a.cmp(&b));
        touched.dedup();
        for id in &touched {
            self.of.at_mut(*id).retain(|importer| !is_moved.at(*importer));
        }
        for (id, now) in moved {
            for imported in now {
                add(self.of.at_mut(imported), id);
            }
        }
        for id in touched {
            let importers = self.of.at_mut(id);
            if !importers.is_sorted() {
                ids::sort(importers, &|a, b| a.cmp(&b));
            }
        }
    }
}

/// Adds an importer once, whose links come one after the other.
fn add(importers: &mut Vec<ModuleId>, id: ModuleId) {
    if importers.last() != Some(&id) {
        importers.push(id);
    }
}
