//! Which entry gets a name that several claim, and what is reported of the others.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::ids;
use crate::layout::problem::Problem;
use crate::layout::tree::{Body, FileName, NamespaceId};
use crate::layout::walk::{Candidate, Claim, Entries, Pending, Portion, Walk};
use crate::name::ModuleName;

/// What a namespace's directories hold.
pub(super) struct Claims {
    /// Files whose stem nothing else claims, sorted.
    pub modules: Vec<FileName>,
    /// Directories, and files that share their stem with something; sorted by stem, then by who wins.
    pub contested: Vec<(Candidate, Entries)>,
}

/// The first eight bytes of a name as a number: compared in one step, and in the order of the names.
fn beginning(name: &str) -> u64 {
    match name.as_bytes().first_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => name.bytes().chain(std::iter::repeat(0)).take(8).fold(0, |number, byte| number << 8 | u64::from(byte)),
    }
}

enum Settled {
    Module(FileName),
    Namespace(Pending),
}

impl Walk<'_> {
    /// Returns the files whose stem nothing else claims, sorted, and adds the others to the contested entries. Nearly all files are
    /// alone, so they are sorted as slices of their listings, without a lookup for each comparison.
    pub(super) fn settle_alone(
        &self,
        names: &[Arc<String>],
        files: Vec<(u32, FileName)>,
        contested: &mut Vec<(Candidate, Entries)>,
    ) -> Vec<FileName> {
        let mut keyed: Vec<(u64, &str, u32, FileName)> = Vec::with_capacity(files.len());
        keyed.extend(files.into_iter().filter_map(|(order, file)| {
            let stem = file.start as usize..(file.end as usize).checked_sub(".py".len())?;
            let stem = names.get(order as usize)?.get(stem)?;
            Some((beginning(stem), stem, order, file))
        }));
        keyed.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let others = contested.iter().map(|(candidate, _)| self.tree.stem(candidate.stem)).collect();
        let others = ids::sorted(others, &|a: &&str, b| a.cmp(b));
        let mut alone = Vec::with_capacity(keyed.len());
        let mut shared = Vec::new();
        let mut before = None;
        let mut rest = keyed.into_iter().peekable();
        while let Some((_, stem, order, file)) = rest.next() {
            let is_shared = before == Some(stem)
                || rest.peek().is_some_and(|(_, next, ..)| *next == stem)
                || others.binary_search(&stem).is_ok()
                || !self.portions.is_empty();
            before = Some(stem);
            if is_shared {
                shared.push((Candidate { stem: file, order, claim: Claim::File, dir: file.dir }, Entries::new()));
            } else {
                alone.push(file);
            }
        }
        contested.append(&mut shared);
        alone
    }

    /// Decides which entry gets each contested stem of a namespace, registers it, and reports the others.
    pub(super) fn decide(&mut self, parent: NamespaceId, claims: Claims, pending: &mut VecDeque<Pending>) {
        let parent_name = self.tree.namespaces.at(parent).name.clone();
        let Claims { mut modules, contested } = claims;
        let alone = modules.len();
        let mut rest = contested.as_slice();
        while let Some((first, _)) = rest.first() {
            let stem = self.tree.stem(first.stem);
            let end = rest.iter().position(|(other, _)| self.tree.stem(other.stem) != stem).unwrap_or(rest.len());
            let (same, others) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = others;
            let name = parent_name.child(stem);
            let roots = self.portions.remove(&name);
            match self.settle(parent, name, same, roots) {
                Settled::Module(file) => modules.push(file),
                Settled::Namespace(next) => pending.push_back(next),
            }
        }
        if modules.len() > alone {
            modules = ids::sorted(modules, &|a, b| self.tree.stem(*a).cmp(self.tree.stem(*b)));
        }
        self.tree.namespaces.at_mut(parent).modules = modules;
        // Roots whose namespace no file claims.
        let is_below = |name: &&ModuleName| name.parent().unwrap_or_default() == &*parent_name;
        let unclaimed: Vec<ModuleName> = self.portions.keys().filter(is_below).cloned().collect();
        for name in unclaimed {
            let roots = self.portions.remove(&name);
            if let Settled::Namespace(next) = self.settle(parent, name, &[], roots) {
                pending.push_back(next);
            }
        }
    }

    /// Decides which entry gets one name. A root's directory belongs to its namespace, whatever else claims the name.
    fn settle(
        &mut self,
        parent: NamespaceId,
        name: ModuleName,
        same: &[(Candidate, Entries)],
        roots: Option<Vec<Portion>>,
    ) -> Settled {
        let is_root = roots.is_some();
        let mut portions = roots.unwrap_or_default();
        let mut inits = portions.iter().filter_map(|portion| self.entry_named(portion, "__init__.py"));
        let mut body = inits.next().map_or(Body::Implicit, Body::Init);
        let mut losers: Vec<String> = inits.map(|init| self.tree.file_path(init)).collect();
        let winner = same.iter().find(|(candidate, _)| candidate.claim != Claim::Bare);
        let package = match winner {
            Some((winner, entries)) if winner.claim == Claim::Package => {
                let portion = Portion { dir: winner.dir, entries: entries.clone() };
                let init = self.entry_named(&portion, "__init__.py");
                portions.push(portion);
                match (body, init) {
                    (Body::Implicit, Some(init)) => body = Body::Init(init),
                    (_, Some(init)) => losers.push(self.tree.file_path(init)),
                    (_, None) => {}
                }
                Some(winner.order)
            }
            Some((winner, _)) => {
                match body {
                    Body::Implicit => body = Body::Beside(winner.stem),
                    _ => losers.push(self.tree.file_path(winner.stem)),
                }
                None
            }
            None => None,
        };
        for (candidate, entries) in same {
            let is_winner = winner.is_some_and(|(winner, _)| winner.stem == candidate.stem);
            match candidate.claim {
                Claim::Bare if package.is_none() => {
                    portions.push(Portion { dir: candidate.dir, entries: entries.clone() });
                }
                Claim::Bare if !self.has_source(candidate.dir, entries) => {}
                _ if is_winner => {}
                _ => losers.push(self.tree.file_path(candidate.stem)),
            }
        }
        if let (Body::Beside(file), true, false) = (body, portions.is_empty(), is_root) {
            self.report(&name, &self.tree.file_path(file), losers);
            return Settled::Module(file);
        }
        let by = body.file().map(|file| self.tree.file_path(file)).unwrap_or_default();
        self.report(&name, &by, losers);
        let namespace = self.tree.add_namespace(name, Some(parent), body);
        let added = self.tree.namespaces.at_mut(namespace);
        added.is_root = is_root;
        added.path = portions.iter().map(|portion| portion.dir).collect();
        self.tree.namespaces.at_mut(parent).children.push(namespace);
        Settled::Namespace(Pending { namespace, portions })
    }

    fn report(&mut self, name: &str, by: &str, losers: Vec<String>) {
        self.problems.extend(losers.into_iter().map(|path| Problem::shadowed(path, name, by)));
    }
}
