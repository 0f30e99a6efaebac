//! Who takes part in a plan: by regions, and by the rule that they stand for.

use proptest::prelude::*;

use super::*;
use crate::graph::index::ImportIndex;
use crate::layout::walk::{Layout, Root};
use crate::name::Inflector;
use crate::reload::registry::Execution;
use crate::vfs::MemoryVfs;

const COUNT: usize = 10;

fn name(number: usize) -> ModuleName {
    ModuleName::new(&format!("app.m{number}")).unwrap()
}

fn names(numbers: &BTreeSet<usize>) -> BTreeSet<ModuleName> {
    numbers.iter().map(|number| name(*number)).collect()
}

/// Some of the modules.
fn some() -> impl Strategy<Value = BTreeSet<usize>> {
    proptest::collection::btree_set(0..COUNT, 0..COUNT / 2)
}

/// One waiting module after the other takes part that affects what is affected so far, until none is left that does.
fn by_the_rule(
    now: &Situation<'_>,
    starts: &[ModuleId],
    restored: &[ModuleId],
    waiting: &BTreeMap<ModuleId, Cause<'_>>,
) -> BTreeSet<ModuleId> {
    let mut affected = now.above(starts.to_vec());
    let touched = now.above(restored.to_vec());
    let mut waiting: BTreeSet<ModuleId> = waiting.keys().copied().collect();
    let mut taking_part = BTreeSet::new();
    while let Some((id, alone)) = waiting.iter().find_map(|id| {
        let alone = now.above(vec![*id]);
        alone.iter().any(|id| affected.contains(id) || touched.contains(id)).then_some((*id, alone))
    }) {
        affected.extend(alone);
        waiting.remove(&id);
        taking_part.insert(id);
    }
    taking_part
}

proptest! {
    #[test]
    fn regions_say_who_takes_part(
        imports in proptest::collection::vec((0..COUNT, 0..COUNT), 0..2 * COUNT),
        (stale, starts, restored, kept) in (some(), some(), some(), some()),
    ) {
        let source = |importer| {
            let imported = imports.iter().filter(|(from, to)| *from == importer && from != to);
            imported.map(|(_, to)| format!("import app.m{to}")).collect::<Vec<_>>().join("\n")
        };
        // Each in the package, whose own file nobody has executed.
        let vfs: MemoryVfs = (0..COUNT).map(|number| (format!("/app/m{number}.py"), source(number))).collect();
        let root = Root { dir: "/app".to_owned(), namespace: ModuleName::new("app").unwrap() };
        let layout = Layout { roots: vec![root], ..Layout::default() };
        let inflector = Inflector::default();
        let (mut registry, mut index) = (Registry::default(), ImportIndex::default());
        registry.scan(&vfs, &layout, &inflector, &mut index).unwrap();
        for number in 0..COUNT {
            registry.mark_loaded(Execution { name: name(number).to_string(), ..Execution::default() });
            registry.invalidate(&name(number), stale.contains(&number).then_some(Reason::Changed));
        }
        let graph = index.graph(&vfs, registry.tree(), &inflector);
        let kept = names(&kept);
        let is_kept = |name: &ModuleName| kept.contains(name);
        let now = Situation { registry: &registry, graph, is_kept: &is_kept };
        let ids = |numbers: &BTreeSet<usize>| now.ids(&names(numbers)).collect::<Vec<_>>();
        let (starts, restored) = (ids(&starts), ids(&restored));
        let mut waiting = now.waiting();
        waiting.retain(|id, _| !starts.contains(id));
        let found = now.taking_part(starts.iter().chain(&restored).copied(), &waiting);
        prop_assert_eq!(found, by_the_rule(&now, &starts, &restored, &waiting));
    }
}
