//! Strongly connected components.

use crate::ids::{self, Id, IndexVec};

/// The strongly connected components of a graph of `count` nodes, those that others point to first, each sorted: Tarjan's algorithm
/// ([1972](https://doi.org/10.1137/0201010)), with a stack of its own instead of recursion, which a long chain would overflow.
pub(crate) fn components<I: Id>(count: u32, next: &dyn Fn(I) -> Vec<I>) -> Vec<Vec<I>> {
    let next = |node: u32| next(I::of(node)).into_iter().map(I::place).collect();
    numbered(count, &next).into_iter().map(|group| group.into_iter().map(I::of).collect()).collect()
}

/// One copy for all types of ids.
fn numbered(count: u32, next: &dyn Fn(u32) -> Vec<u32>) -> Vec<Vec<u32>> {
    let mut state: State = IndexVec::filled(count, Visit::default());
    let mut groups = Vec::new();
    let mut stack = Vec::new();
    let mut counter = 0;
    for root in 0..count {
        if state.at(root).index != 0 {
            continue;
        }
        let mut calls = vec![(root, next(root), 0_usize)];
        enter(&mut state, &mut stack, &mut counter, root);
        while let Some((id, targets, at)) = calls.last_mut() {
            let id = *id;
            if let Some(&target) = targets.get(*at) {
                *at += 1;
                let visit = *state.at(target);
                if visit.index == 0 {
                    enter(&mut state, &mut stack, &mut counter, target);
                    let links = next(target);
                    calls.push((target, links, 0));
                } else if visit.is_on_stack {
                    lower(&mut state, id, visit.index);
                }
                continue;
            }
            calls.pop();
            let visit = *state.at(id);
            if let Some((above, ..)) = calls.last() {
                lower(&mut state, *above, visit.low);
            }
            if visit.low == visit.index {
                groups.push(leave(&mut state, &mut stack, id));
            }
        }
    }
    groups
}

/// Tarjan's notes on a node; index 0 is a node that was not visited.
#[derive(Clone, Copy, Default)]
struct Visit {
    index: u32,
    low: u32,
    is_on_stack: bool,
}

type State = IndexVec<u32, Visit>;

fn enter(state: &mut State, stack: &mut Vec<u32>, counter: &mut u32, id: u32) {
    *counter += 1;
    *state.at_mut(id) = Visit { index: *counter, low: *counter, is_on_stack: true };
    stack.push(id);
}

fn lower(state: &mut State, id: u32, low: u32) {
    let visit = state.at_mut(id);
    visit.low = visit.low.min(low);
}

fn leave(state: &mut State, stack: &mut Vec<u32>, id: u32) -> Vec<u32> {
    let mut group = Vec::new();
    while let Some(member) = stack.pop() {
        state.at_mut(member).is_on_stack = false;
        group.push(member);
        if member == id {
            break;
        }
    }
    ids::sort(&mut group, &|a, b| a.cmp(&b));
    group
}
