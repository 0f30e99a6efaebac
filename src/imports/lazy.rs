//! `__lazy_modules__`, by which a module of Python 3.15 makes its imports lazy in a way that older ones can read
//! ([PEP 810](https://peps.python.org/pep-0810/)).

use serde::{Deserialize, Serialize};

use super::strings::in_word;
use super::tokens::{Kind, Tokens};
use super::{Context, Outline, Scope, Takes};

/// An assignment to `__lazy_modules__`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LazyModules {
    /// The line of the statement, counted from one.
    pub line: u32,
    /// Absolute dotted names. Of what is computed nothing is known, and so nothing here.
    pub names: Vec<String>,
    /// Whether it adds to what was assigned before.
    pub adds: bool,
}

/// Reads an assignment to `__lazy_modules__`, whose last `=` is at `sign`: names in brackets of any kind, or handed to `frozenset`.
pub(super) fn assigned(text: &str, start: usize, sign: usize, end: usize) -> Option<LazyModules> {
    let bytes = text.as_bytes();
    let rest = bytes.get(start..sign)?.strip_prefix(b"__lazy_modules__")?;
    if rest.first().is_some_and(|byte| in_word(*byte)) {
        return None;
    }
    let mut names = Vec::new();
    for token in Tokens::new(bytes, sign + 1, end) {
        match token.kind {
            Kind::Literal => names.extend(token.plain_text(text).map(str::to_owned)),
            Kind::Open | Kind::Close | Kind::Comma => {}
            Kind::Name if matches!(token.bytes(bytes), b"frozenset" | b"set" | b"tuple" | b"list") => {}
            _ => names.clear(),
        }
    }
    let adds = matches!(rest.last(), Some(b'+' | b'|'));
    Some(LazyModules { names, adds, ..LazyModules::default() })
}

impl Outline<'_> {
    /// Makes those imports lazy that `__lazy_modules__` names, as Python 3.15 does: at module level, in no `try`, and behind the assignment.
    /// `package_at` is the package that so many dots stand for; empty for the top level.
    pub fn heed_lazy_modules(&mut self, package_at: impl Fn(u32) -> Option<String>) {
        let Self { imports, lazy_modules, .. } = self;
        for import in imports.iter_mut() {
            let Context { scope, tried, .. } = import.context;
            if scope != Scope::Module || tried || import.takes == Takes::Star {
                continue;
            }
            let before = lazy_modules.partition_point(|assigned| assigned.line < import.line);
            let before = lazy_modules.get(..before).unwrap_or_default();
            let start = before.iter().rposition(|assigned| !assigned.adds).unwrap_or_default();
            let mut names = before.iter().skip(start).flat_map(|assigned| &assigned.names).peekable();
            if names.peek().is_some()
                && let Some(package) = package_at(import.level)
            {
                let name = [package.as_str(), &*import.module].into_iter().filter(|part| !part.is_empty());
                let name = name.collect::<Vec<_>>().join(".");
                import.context.lazy |= names.any(|lazy| *lazy == name);
            }
        }
    }
}
