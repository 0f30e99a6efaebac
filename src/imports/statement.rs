//! Reads one import statement.

use std::borrow::Cow;

use super::tokens::{Kind, Token, Tokens};
use super::{Context, Import, Taken, Takes};
use crate::name::{is_identifier, is_keyword};

/// The imports of a statement, and whether Python would accept it. Of a broken statement comes what stands before the fault.
pub(super) struct Statement<'a> {
    pub imports: Vec<Import<'a>>,
    pub sound: bool,
}

/// Reads `import …` or `from … import …` between two positions.
pub(super) fn read(text: &str, start: usize, end: usize, line: u32, context: Context) -> Statement<'_> {
    let mut tokens = Tokens::new(text.as_bytes(), start, end);
    let keyword = tokens.next().is_some_and(|token| token.bytes(text.as_bytes()) == b"import");
    let mut reader = Reader { text, token: tokens.next(), tokens };
    let mut statement = Statement { imports: Vec::new(), sound: false };
    let new = |level, module, takes| Import { line, level, module, takes, context };
    if keyword {
        statement.sound = reader.modules(|module, alias| {
            statement.imports.push(new(0, module, Takes::Module { alias }));
        });
        return statement;
    }
    let level = reader.dots();
    let module = if reader.at(b"import") { Some(Cow::Borrowed("")) } else { reader.dotted() };
    let (Some(module), true) = (module, reader.takes(b"import")) else { return statement };
    if level == 0 && module.is_empty() {
        return statement;
    }
    if reader.token.is_some_and(|token| token.kind == Kind::Star) {
        reader.advance();
        statement.sound = reader.token.is_none();
        statement.imports.push(new(level, module, Takes::Star));
        return statement;
    }
    let mut names = Vec::new();
    statement.sound = reader.names(&mut names);
    if !names.is_empty() {
        statement.imports.push(new(level, module, Takes::Names(names)));
    }
    statement
}

/// The names that an import binds.
pub(super) fn bound<'a>(import: &Import<'a>, mut bind: impl FnMut(Cow<'a, str>)) {
    match (&import.takes, &import.module) {
        (Takes::Module { alias: Some(alias) }, _) => bind(alias.clone()),
        (Takes::Module { alias: None }, Cow::Borrowed(module)) => bind(Cow::Borrowed(top(module))),
        (Takes::Module { alias: None }, Cow::Owned(module)) => bind(Cow::Owned(top(module).to_owned())),
        (Takes::Names(names), _) => {
            for taken in names {
                bind(taken.alias.as_ref().unwrap_or(&taken.name).clone());
            }
        }
        (Takes::Star, _) => {}
    }
}

fn top(module: &str) -> &str {
    module.split_once('.').map_or(module, |(top, _)| top)
}

struct Reader<'a> {
    text: &'a str,
    tokens: Tokens<'a>,
    token: Option<Token>,
}

impl<'a> Reader<'a> {
    fn advance(&mut self) {
        self.token = self.tokens.next();
    }

    fn at(&self, word: &[u8]) -> bool {
        self.token.is_some_and(|token| token.bytes(self.text.as_bytes()) == word)
    }

    fn takes(&mut self, word: &[u8]) -> bool {
        let here = self.at(word);
        if here {
            self.advance();
        }
        here
    }

    fn dots(&mut self) -> u32 {
        let mut level = 0u32;
        while self.takes(b".") {
            level = level.saturating_add(1);
        }
        level
    }

    fn name(&mut self) -> Option<&'a str> {
        let token = self.token.filter(|token| token.kind == Kind::Name)?;
        let name = self.text.get(token.start..token.end)?;
        if is_keyword(name) || !is_identifier(name) {
            return None;
        }
        self.advance();
        Some(name)
    }

    /// A dotted name: borrowed, unless blanks stand inside.
    fn dotted(&mut self) -> Option<Cow<'a, str>> {
        let mut end = self.token?.end;
        let mut name = Cow::Borrowed(self.name()?);
        while self.at(b".") {
            let dot = self.token?;
            self.advance();
            let part_at = self.token?;
            let part = self.name()?;
            match (&mut name, end == dot.start && dot.end == part_at.start) {
                (Cow::Borrowed(whole), true) => *whole = self.text.get(end - whole.len()..part_at.end)?,
                (name, _) => {
                    let owned = name.to_mut();
                    owned.push('.');
                    owned.push_str(part);
                }
            }
            end = part_at.end;
        }
        Some(name)
    }

    /// `as alias`, where it stands, and whether it is sound.
    fn alias(&mut self) -> (Option<Cow<'a, str>>, bool) {
        if !self.takes(b"as") {
            return (None, true);
        }
        let alias = self.name().map(Cow::Borrowed);
        let sound = alias.is_some();
        (alias, sound)
    }

    /// `a.b as c, d`
    fn modules(&mut self, mut found: impl FnMut(Cow<'a, str>, Option<Cow<'a, str>>)) -> bool {
        loop {
            let Some(module) = self.dotted() else { return false };
            let (alias, sound) = self.alias();
            found(module, alias);
            if !sound {
                return false;
            }
            if !self.takes(b",") {
                return self.token.is_none();
            }
        }
    }

    /// `a as b, c`, perhaps in brackets, which also allow a comma at the end.
    fn names(&mut self, names: &mut Vec<Taken<'a>>) -> bool {
        let bracketed = self.takes(b"(");
        loop {
            let Some(name) = self.name() else { return false };
            let (alias, sound) = self.alias();
            names.push(Taken { name: Cow::Borrowed(name), alias });
            if !sound {
                return false;
            }
            let comma = self.takes(b",");
            if bracketed && self.takes(b")") {
                return self.token.is_none();
            }
            if !comma {
                return !bracketed && self.token.is_none();
            }
        }
    }
}
