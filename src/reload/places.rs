//! Affected modules, numbered from 0: a plan of few modules among many takes no memory for the others.

use crate::graph::ModuleId;
use crate::ids::{Id, IndexVec, id_type};

id_type! {
    /// An affected module, by its place among them.
    PlaceId
}

/// The affected modules in the order of their ids.
pub(super) struct Places {
    modules: IndexVec<PlaceId, ModuleId>,
}

impl FromIterator<ModuleId> for Places {
    /// Numbers modules that come in the order of their ids.
    fn from_iter<A: IntoIterator<Item = ModuleId>>(modules: A) -> Self {
        Self { modules: modules.into_iter().collect() }
    }
}

impl Places {
    /// How many there are.
    pub fn len(&self) -> u32 {
        self.modules.len()
    }

    /// The module at a place.
    pub fn module(&self, place: PlaceId) -> ModuleId {
        *self.modules.at(place)
    }

    /// The place of a module, if it is affected.
    pub fn of(&self, module: ModuleId) -> Option<PlaceId> {
        let place = self.modules.iter().as_slice().binary_search(&module).ok()?;
        u32::try_from(place).ok().map(PlaceId::of)
    }

    /// All places with their modules.
    pub fn pairs(&self) -> impl Iterator<Item = (PlaceId, ModuleId)> {
        self.modules.pairs().map(|(place, module)| (place, *module))
    }
}

/// Disjoint sets of places.
pub(super) struct Sets {
    above: IndexVec<PlaceId, PlaceId>,
}

impl Sets {
    /// Each place by itself.
    pub fn new(places: &Places) -> Self {
        Self { above: places.modules.ids().collect() }
    }

    /// The place that stands for the set of another.
    pub fn find(&mut self, place: PlaceId) -> PlaceId {
        let mut at = place;
        loop {
            let next = *self.above.at(at);
            if next == at {
                return at;
            }
            // Each look shortens the way of the next one.
            let further = *self.above.at(next);
            *self.above.at_mut(at) = further;
            at = further;
        }
    }

    /// Makes the sets of two places one.
    pub fn join(&mut self, a: PlaceId, b: PlaceId) {
        let (a, b) = (self.find(a), self.find(b));
        *self.above.at_mut(a) = b;
    }
}
