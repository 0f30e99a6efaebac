//! What a file imports and binds, in a form that every reader can be brought into and that can be compared.

use pyautoload_wasm::imports::{BindingKind, Context, Outline, Scope, Takes as Taken};
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    Module(Option<String>),
    Names(Vec<(String, Option<String>)>),
    Star,
}

/// Line, level, module, what it takes; scope, for type checkers only, guarded, lazy.
pub type Import = (u32, u32, String, Takes, (String, bool, bool, bool));

/// Name, line, kind, for type checkers only.
pub type Binding = (String, u32, String, bool);

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Rows {
    pub imports: Vec<Import>,
    pub bindings: Vec<Binding>,
}

impl Rows {
    /// Sorted, since readers walk a statement in orders of their own.
    pub fn sorted(mut self) -> Self {
        self.imports.sort();
        self.bindings.sort();
        self
    }

    /// The rows that only one of two has, one a line.
    pub fn difference(&self, other: &Self) -> String {
        let mut lines = Vec::new();
        let (ours, theirs) = (self.lines(), other.lines());
        lines.extend(ours.iter().filter(|line| !theirs.contains(line)).map(|line| format!("  only ours   {line}")));
        lines.extend(theirs.iter().filter(|line| !ours.contains(line)).map(|line| format!("  only theirs {line}")));
        if lines.is_empty() {
            lines.push("  the same rows, but not equally often".to_owned());
        }
        lines.join("\n")
    }

    fn lines(&self) -> Vec<String> {
        let imports = self.imports.iter().map(|row| format!("{row:?}"));
        imports.chain(self.bindings.iter().map(|row| format!("{row:?}"))).collect()
    }
}

impl From<&Outline<'_>> for Rows {
    fn from(outline: &Outline) -> Self {
        let imports = outline.imports.iter().map(|import| {
            let takes = match &import.takes {
                Taken::Module { alias } => Takes::Module(alias.as_deref().map(str::to_owned)),
                Taken::Names(names) => {
                    let pair = |taken: &pyautoload_wasm::imports::Taken| {
                        (taken.name.to_string(), taken.alias.as_deref().map(str::to_owned))
                    };
                    Takes::Names(names.iter().map(pair).collect())
                }
                Taken::Star => Takes::Star,
            };
            (import.line, import.level, import.module.to_string(), takes, context(import.context))
        });
        let bindings = outline.bindings.iter().map(|binding| {
            let kind = match binding.kind {
                BindingKind::Function => "function",
                BindingKind::Class => "class",
                BindingKind::Import => "import",
                BindingKind::Assignment => "assignment",
            };
            (binding.name.to_string(), binding.line, kind.to_owned(), binding.type_checking)
        });
        Self { imports: imports.collect(), bindings: bindings.collect() }.sorted()
    }
}

fn context(context: Context) -> (String, bool, bool, bool) {
    let scope = match context.scope {
        Scope::Module => "module",
        Scope::Class => "class",
        Scope::Function => "function",
    };
    (scope.to_owned(), context.type_checking, context.guarded, context.lazy)
}
