//! What is affected, as transactions: modules that imports connect, each in the order in which they are to be loaded.

use std::collections::BTreeSet;

use crate::graph::{EdgeKind, Link, components};
use crate::ids::{self, IndexVec};
use crate::reload::places::{PlaceId, Places, Sets};
use crate::reload::plan::Step;
use crate::reload::reach::{Affected, Situation};

/// The transactions of what is affected. Modules that are not loaded connect those that import them with what they import, and are no
/// steps themselves: whoever imports them executes them.
pub(super) fn transactions(now: &Situation<'_>, affected: &Affected<'_>) -> Vec<Vec<Step>> {
    let split = Split { now, affected, places: affected.causes.keys().copied().collect() };
    let transactions = split.members(&split.order());
    let mut steps = IndexVec::filled(split.places.len(), None);
    for (number, place) in transactions.iter().flat_map(|places| (0..).zip(places)) {
        *steps.at_mut(*place) = Some(number);
    }
    let step = |place: &PlaceId| split.step(*place, &steps);
    transactions.iter().map(|places| places.iter().filter_map(step).collect()).collect()
}

struct Split<'a> {
    now: &'a Situation<'a>,
    affected: &'a Affected<'a>,
    places: Places,
}

impl Split<'_> {
    /// What an affected module imports that is affected.
    fn links(&self, place: PlaceId) -> impl Iterator<Item = (PlaceId, EdgeKind)> {
        let links = self.now.graph.links(self.places.module(place)).iter().filter(|link| link.is_executed());
        links.filter_map(|link: &Link| Some((self.places.of(link.imported)?, link.kind)))
    }

    /// All affected modules, what each imports while it is imported before it.
    fn order(&self) -> Vec<PlaceId> {
        let at_import = |place: PlaceId| {
            self.links(place).filter(|(_, kind)| *kind != EdgeKind::Deferred).map(|(target, _)| target).collect()
        };
        let mut order = Vec::new();
        for mut group in components(self.places.len(), &at_import) {
            // Of a cycle the first one is the one that was imported first: not every cycle can be entered anywhere.
            let started = |place: PlaceId| self.now.started(self.places.module(place));
            ids::sort(&mut group, &|a, b| started(a).cmp(&started(b)));
            order.extend(group);
        }
        order
    }

    /// The loaded modules of each transaction: those that any import connects, a deferred one as well.
    fn members(&self, order: &[PlaceId]) -> Vec<Vec<PlaceId>> {
        let mut sets = Sets::new(&self.places);
        for (place, _) in self.places.pairs() {
            for (target, _) in self.links(place) {
                sets.join(place, target);
            }
        }
        let mut numbers: IndexVec<PlaceId, Option<u32>> = IndexVec::filled(self.places.len(), None);
        let mut members: IndexVec<u32, Vec<PlaceId>> = IndexVec::default();
        for &place in order.iter().filter(|place| self.now.is_loaded(self.places.module(**place))) {
            let number = *numbers.at_mut(sets.find(place)).get_or_insert_with(|| members.push(Vec::new()));
            members.at_mut(number).push(place);
        }
        members.iter().cloned().collect()
    }

    /// A module as a step. `steps` has the place in its transaction of each module that is a step.
    fn step(&self, place: PlaceId, steps: &IndexVec<PlaceId, Option<u32>>) -> Option<Step> {
        let id = self.places.module(place);
        let cause = self.affected.causes.get(&id)?;
        let name = self.now.graph.name(id).clone();
        Some(Step {
            file: self.now.registry.tree().shape(&name)?.file,
            name,
            reason: cause.reason(self.now.graph),
            is_stale: cause.is_stale(),
            imports: self.imported_steps(place, steps),
        })
    }

    /// The steps that a step imports, directly or through modules that are none.
    fn imported_steps(&self, place: PlaceId, steps: &IndexVec<PlaceId, Option<u32>>) -> Vec<u32> {
        let mut imports = BTreeSet::new();
        let mut passed = ids::set([place]);
        let mut pending = vec![place];
        while let Some(place) = pending.pop() {
            for (target, _) in self.links(place) {
                match steps.at(target) {
                    Some(step) => drop(imports.insert(*step)),
                    None if passed.insert(target) => pending.push(target),
                    None => {}
                }
            }
        }
        Vec::from_iter(imports)
    }
}
