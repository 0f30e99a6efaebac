//! Questions to a graph: dependencies and dependents, the chain between two modules, import cycles, and the load order.

use std::collections::{BTreeMap, VecDeque};

use crate::graph::{Edge, EdgeKind, Graph, GraphView, Link, ModuleId, components};
use crate::ids::{self, IndexVec};
use crate::name::ModuleName;

impl Graph {
    fn edge(&self, importer: ModuleId, link: &Link) -> Edge {
        Edge {
            importer: self.name(importer).clone(),
            imported: self.name(link.imported).clone(),
            kind: link.kind,
            path: self.modules.at(importer).path.clone(),
            line: link.line,
            names: link.names.clone(),
        }
    }

    /// The modules that a module imports, sorted: the direct ones, or all that it reaches. What only type checkers see is left out.
    #[must_use]
    pub fn dependencies(&self, name: &str, transitive: bool) -> Vec<&ModuleName> {
        if transitive {
            return self.named(&self.dependency_marks(name, true));
        }
        let Some(id) = self.id(name) else { return Vec::new() };
        let imported = self.links(id).iter().filter(|link| link.is_executed()).map(|link| link.imported);
        self.sorted_names(imported.collect())
    }

    /// The modules that import a module, sorted: the direct ones, or all that reach it. What only type checkers see is left out.
    #[must_use]
    pub fn dependents(&self, name: &str, transitive: bool) -> Vec<&ModuleName> {
        if transitive {
            return self.named(&self.dependent_marks(name, true));
        }
        self.id(name).map_or_else(Vec::new, |id| self.sorted_names(self.importers(id).to_vec()))
    }

    /// As [`Self::dependencies`]: a `1` or a `0` for each module, in the order of their names.
    #[must_use]
    pub fn dependency_marks(&self, name: &str, transitive: bool) -> String {
        self.reach(name, transitive, |id, into| {
            into.extend(self.links(id).iter().filter(|link| link.is_executed()).map(|link| link.imported));
        })
    }

    /// As [`Self::dependents`]: a `1` or a `0` for each module, in the order of their names.
    #[must_use]
    pub fn dependent_marks(&self, name: &str, transitive: bool) -> String {
        self.reach(name, transitive, |id, into| into.extend(self.importers(id)))
    }

    /// The names of some modules in alphabetical order, without a pass over all modules.
    fn sorted_names(&self, mut ids: Vec<ModuleId>) -> Vec<&ModuleName> {
        ids::sort(&mut ids, &|a, b| self.rank.at(a).cmp(self.rank.at(b)));
        ids.dedup();
        ids.into_iter().map(|id| self.name(id)).collect()
    }

    fn named(&self, marks: &str) -> Vec<&ModuleName> {
        let marked = self.sorted.iter().zip(marks.bytes()).filter(|(_, mark)| *mark == b'1');
        marked.map(|(id, _)| self.name(*id)).collect()
    }

    fn reach(&self, name: &str, transitive: bool, next: impl Fn(ModuleId, &mut Vec<ModuleId>)) -> String {
        let mut is_reached = IndexVec::filled(self.len(), false);
        let start = self.id(name);
        let mut neighbours = Vec::new();
        let mut pending = Vec::from_iter(start);
        while let Some(id) = pending.pop() {
            next(id, &mut neighbours);
            for other in neighbours.drain(..) {
                if !std::mem::replace(is_reached.at_mut(other), true) {
                    pending.extend(transitive.then_some(other));
                }
            }
        }
        let is_marked = |id: ModuleId| Some(id) != start && *is_reached.at(id);
        self.sorted.iter().map(|id| if is_marked(*id) { '1' } else { '0' }).collect()
    }

    /// The shortest chain of imports from one module to another; empty where there is none. Of several the first by line is taken.
    #[must_use]
    pub fn why(&self, from: &str, to: &str) -> Vec<Edge> {
        let (Some(from), Some(to)) = (self.id(from), self.id(to)) else { return Vec::new() };
        let mut came: BTreeMap<ModuleId, (ModuleId, usize)> = BTreeMap::new();
        let mut pending = VecDeque::from([from]);
        while let Some(id) = pending.pop_front() {
            if id == to && !came.is_empty() {
                break;
            }
            for (at, link) in self.links(id).iter().enumerate() {
                if link.imported != from && link.is_executed() && !came.contains_key(&link.imported) {
                    came.insert(link.imported, (id, at));
                    pending.push_back(link.imported);
                }
            }
        }
        let mut chain = Vec::new();
        let mut id = to;
        while let Some(&(importer, at)) = came.get(&id) {
            chain.extend(self.links(importer).get(at).map(|link| self.edge(importer, link)));
            id = importer;
        }
        chain.reverse();
        chain
    }

    /// Groups of modules that import each other while they are imported, each as a chain of imports that comes back to its start.
    /// Parents do not count: every package that imports a module of its own would be a cycle.
    #[must_use]
    pub fn cycles(&self) -> Vec<Vec<Edge>> {
        let is_import = |link: &&Link| matches!(link.kind, EdgeKind::Import | EdgeKind::Observed);
        let groups =
            components(self.len(), &|id| self.links(id).iter().filter(is_import).map(|link| link.imported).collect());
        let groups = groups.into_iter().filter(|group| group.len() > 1).collect();
        let rank = |group: &Vec<ModuleId>| group.first().map(|id| self.rank.at(*id));
        let groups = ids::sorted(groups, &|a, b| rank(a).cmp(&rank(b)));
        groups.iter().map(|group| self.cycle_through(group)).collect()
    }

    /// The shortest cycle through the first module of a group, which is sorted, within the group.
    fn cycle_through(&self, group: &[ModuleId]) -> Vec<Edge> {
        let Some(&start) = group.first() else { return Vec::new() };
        let mut came: BTreeMap<ModuleId, (ModuleId, usize)> = BTreeMap::new();
        let mut pending = VecDeque::from([start]);
        while let Some(id) = pending.pop_front() {
            if came.contains_key(&start) {
                break;
            }
            for (at, link) in self.links(id).iter().enumerate() {
                let is_import = matches!(link.kind, EdgeKind::Import | EdgeKind::Observed);
                if is_import && group.binary_search(&link.imported).is_ok() && !came.contains_key(&link.imported) {
                    came.insert(link.imported, (id, at));
                    pending.push_back(link.imported);
                }
            }
        }
        let mut chain = Vec::new();
        let mut id = start;
        while let Some((importer, at)) = came.remove(&id) {
            chain.extend(self.links(importer).get(at).map(|link| self.edge(importer, link)));
            id = importer;
        }
        chain.reverse();
        chain
    }

    /// All modules, what each imports before it; within a cycle in the order of their names.
    #[must_use]
    pub fn load_order(&self) -> Vec<ModuleName> {
        let groups = components(self.len(), &|id| {
            let links = self.links(id).iter();
            let late = |kind| matches!(kind, EdgeKind::Deferred | EdgeKind::TypeChecking | EdgeKind::Attribute);
            let at_import = links.filter(|link| !late(link.kind));
            at_import.map(|link| link.imported).collect()
        });
        groups.iter().flatten().map(|id| self.name(*id).clone()).collect()
    }

    /// All of it, as plain data.
    #[must_use]
    pub fn view(&self) -> GraphView {
        let edges = self.links.pairs().flat_map(|(id, links)| links.iter().map(move |link| self.edge(id, link)));
        let nodes = self.modules.iter().map(|module| module.name.clone());
        GraphView { nodes: nodes.collect(), edges: edges.collect() }
    }
}
