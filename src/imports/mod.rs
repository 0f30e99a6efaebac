//! What a Python file imports and binds, read from its statements and tokens: no parser, so a file that does not parse is
//! read as far as it makes sense, and the wasm stays small. Which file an import names is left to the graph.
//!
//! The tests hold this against Python's `ast` and ruff's parser: on files that parse there is no difference.

mod clauses;
mod encoding;
mod extent;
mod lazy;
mod lines;
mod reader;
pub mod source;
mod statement;
mod strings;
mod targets;
#[cfg(test)]
mod tests;
mod tokens;
mod uses;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::imports::source::Source;
pub use crate::imports::source::{Problem, ProblemKind};
use crate::vfs::{Texts, normal};
pub use lazy::LazyModules;
pub use uses::{Use, uses};

/// What a file imports and binds, and what is wrong with it. Names are as they are written, until [`Self::normalized`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline<'a> {
    /// Its imports in the order of the text; `import a, b` is two.
    pub imports: Vec<Import<'a>>,
    /// Each place at module level that binds a name, statement by statement.
    pub bindings: Vec<Binding<'a>>,
    /// What is assigned to `__lazy_modules__` at module level, in the order of the text.
    pub lazy_modules: Vec<LazyModules>,
    /// The first fault of each kind. Empty for a file that Python can parse, but for a [doubt](Source::doubt).
    pub problems: Vec<Problem>,
}

/// One module that an import statement asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import<'a> {
    /// The line of the statement, counted from one.
    pub line: u32,
    /// How many dots stand in front; 0 is absolute.
    pub level: u32,
    /// The dotted name; empty in `from . import x`.
    pub module: Cow<'a, str>,
    /// What it takes from the module.
    pub takes: Takes<'a>,
    /// When it is executed.
    pub context: Context,
}

/// What an import takes from its module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes<'a> {
    /// The module itself: `import m`, `import m as alias`.
    Module {
        /// The name after `as`.
        alias: Option<Cow<'a, str>>,
    },
    /// Names: `from m import a, b as c`. Each may be a submodule.
    Names(Vec<Taken<'a>>),
    /// `from m import *`.
    Star,
}

/// A name that is taken from a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken<'a> {
    /// As the module has it.
    pub name: Cow<'a, str>,
    /// As the importer calls it, where that differs.
    pub alias: Option<Cow<'a, str>>,
}

/// When a statement is executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and crosses by its name")]
pub struct Context {
    /// What it is nested in.
    pub scope: Scope,
    /// Under `if TYPE_CHECKING`, `if a.TYPE_CHECKING`, one of these with `and`, or the other branches of their `not`: only
    /// type checkers see it.
    pub type_checking: bool,
    /// In the body of a `try` that catches a failing import, with no function between: one of its handlers is bare, or names
    /// `ImportError`, `ModuleNotFoundError`, `Exception` or `BaseException`.
    pub guarded: bool,
    /// In the body of a `try`, or in one of its handlers, whatever these catch.
    pub tried: bool,
    /// `lazy import` and `lazy from` ([PEP 810](https://peps.python.org/pep-0810/)): executed when one of its names is used.
    pub lazy: bool,
}

/// What a statement is nested in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// No class and no function: executed when the module is imported.
    #[default]
    Module,
    /// A class and no function: executed when the module is imported, too.
    Class,
    /// A function at any depth: executed when that is called.
    Function,
}

/// A place at module level that binds a name.
///
/// Read as bound: `def`, `class` and `import`; every target of `=`, `+=`, an annotated value, `for`, `with … as`, `type`
/// and a `case` pattern; `:=` outside functions, lambdas and f-strings. Not read: `except … as`, which is unbound at the end
/// of its block; `global` in a function, since nothing says that the function is called; names of a star import. `del`
/// takes nothing back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// Of the statement for `def`, `class` and `import`, of the name for others; counted from one.
    pub line: u32,
    /// What binds it.
    pub kind: BindingKind,
    /// Whether only type checkers see it.
    pub type_checking: bool,
}

/// What binds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BindingKind {
    /// `def` and `async def`.
    Function,
    /// `class`.
    Class,
    /// An import.
    Import,
    /// Anything else.
    Assignment,
}

impl Outline<'_> {
    /// The same with its names as Python has them, without the source that it was read from.
    #[must_use]
    pub fn normalized(self, texts: &dyn Texts) -> Outline<'static> {
        let owned = |text: Cow<'_, str>| match normal(texts, &text) {
            Cow::Borrowed(_) => Cow::Owned(text.into_owned()),
            Cow::Owned(normalized) => Cow::Owned(normalized),
        };
        let taken = |taken: Taken<'_>| Taken { name: owned(taken.name), alias: taken.alias.map(owned) };
        let imports = self.imports.into_iter().map(|import| Import {
            line: import.line,
            level: import.level,
            module: owned(import.module),
            takes: match import.takes {
                Takes::Module { alias } => Takes::Module { alias: alias.map(owned) },
                Takes::Names(names) => Takes::Names(names.into_iter().map(taken).collect()),
                Takes::Star => Takes::Star,
            },
            context: import.context,
        });
        let bindings = self.bindings.into_iter().map(|binding| Binding {
            name: owned(binding.name),
            line: binding.line,
            kind: binding.kind,
            type_checking: binding.type_checking,
        });
        let (lazy_modules, problems) = (self.lazy_modules, self.problems);
        Outline { imports: imports.collect(), bindings: bindings.collect(), lazy_modules, problems }
    }
}

/// Reads the imports and the bindings of a file, in time that grows with its size.
///
/// ```
/// use pyautoload_wasm::{imports::{Scope, Takes, outline, source::Source}};
///
/// let source = Source::new("import os.path\n\ndef save():\n    from .. import db as store\n")?;
/// let outline = outline(&source);
/// let [first, second] = outline.imports.as_slice() else { panic!("two imports") };
/// assert_eq!((first.line, &*first.module, first.context.scope), (1, "os.path", Scope::Module));
/// assert_eq!((second.line, second.level, second.context.scope), (4, 2, Scope::Function));
/// assert!(matches!(&second.takes, Takes::Names(names) if names[0].alias.as_deref() == Some("store")));
/// let bound: Vec<_> = outline.bindings.iter().map(|binding| &*binding.name).collect();
/// assert_eq!(bound, ["os", "save"]);
/// # Ok::<(), pyautoload_wasm::imports::source::Problem>(())
/// ```
#[must_use]
pub fn outline<'a>(source: &'a Source<'_>) -> Outline<'a> {
    let mut outline = reader::Reader::new(source.text()).read();
    outline.problems.extend(source.doubt().cloned());
    outline
}
