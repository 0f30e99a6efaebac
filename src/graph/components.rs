//! Strongly connected components.

use crate::ids;

/// The strongly connected components of a graph of `count` nodes, those that others point to first, each sorted: Tarjan's algorithm
/// ([1972](https://doi.org/10.1137/0201010)), with a stack of its own instead of recursion, which a long chain would overflow.
pub(crate) fn components(count: u32, next: impl Fn(u32) -> Vec<u32>) -> Vec<Vec<u32>> {
    let mut state = vec![Visit { index: 0, low: 0, is_on_stack: false }; count as usize];
    let mut groups = Vec::new();
    let mut stack = Vec::new();
    let mut counter = 0;
    for root in 0..count {
        if state.get(root as usize).is_none_or(|visit| visit.index != 0) {
            continue;
        }
        let mut calls = vec![(root, next(root), 0_usize)];
        enter(&mut state, &mut stack, &mut counter, root);
        while let Some((id, targets, at)) = calls.last_mut() {
            let id = *id;
            if let Some(&target) = targets.get(*at) {
                *at += 1;
                match state.get(target as usize).copied() {
                    Some(visit) if visit.index == 0 => {
                        enter(&mut state, &mut stack, &mut counter, target);
                        let links = next(target);
                        calls.push((target, links, 0));
                    }
                    Some(visit) if visit.is_on_stack => lower(&mut state, id, visit.index),
                    _ => {}
                }
                continue;
            }
            calls.pop();
            let Some(visit) = state.get(id as usize).copied() else { continue };
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
#[derive(Clone, Copy)]
struct Visit {
    index: u32,
    low: u32,
    is_on_stack: bool,
}

fn enter(state: &mut [Visit], stack: &mut Vec<u32>, counter: &mut u32, id: u32) {
    *counter += 1;
    if let Some(visit) = state.get_mut(id as usize) {
        *visit = Visit { index: *counter, low: *counter, is_on_stack: true };
    }
    stack.push(id);
}

fn lower(state: &mut [Visit], id: u32, low: u32) {
    if let Some(visit) = state.get_mut(id as usize) {
        visit.low = visit.low.min(low);
    }
}

fn leave(state: &mut [Visit], stack: &mut Vec<u32>, id: u32) -> Vec<u32> {
    let mut group = Vec::new();
    while let Some(member) = stack.pop() {
        if let Some(visit) = state.get_mut(member as usize) {
            visit.is_on_stack = false;
        }
        group.push(member);
        if member == id {
            break;
        }
    }
    ids::sort(&mut group, &|a, b| a.cmp(&b));
    group
}
