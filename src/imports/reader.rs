//! Reads a file line by line: blocks by their indentation, clauses that belong together, and the one-line suites after a
//! colon. What a statement says is left to `statement`, `targets` and `clauses`.

use super::extent::{self, Extent, skip_blanks, word};
use super::lines::{Lines, indentation};
use super::strings::{Strings, line_end};
use super::targets::{self, Target};
use super::tokens::{Kind, Tokens};
use super::{
    Binding, BindingKind, Context, LazyModules, Outline, Problem, ProblemKind, Scope, clauses, lazy, statement,
};

/// Where statements stand.
#[derive(Clone, Copy)]
struct Place {
    scope: Scope,
    type_checking: bool,
    /// How many functions stand around them: a `try` guards only what runs with it.
    functions: u32,
    /// Whether they stand in the body of a `try` or in a handler.
    tried: bool,
}

/// The compound statement that a clause such as `else` would continue.
#[derive(Clone, Copy)]
enum Chain {
    None,
    /// Whether its other branches are for type checkers only.
    If {
        rest: bool,
    },
    /// The imports of the body of a `try`; its end is known at the first clause after it.
    Try {
        from: usize,
        to: Option<usize>,
    },
}

/// A block whose statements stand in one column.
struct Block {
    column: usize,
    place: Place,
    chain: Chain,
    /// Whether it is the body of a `match`, where `case` is a keyword.
    cases: bool,
}

pub(super) struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    strings: Strings,
    lines: Lines<'a>,
    outer: Vec<Block>,
    block: Block,
    /// A header above that waits for its block, with the header's position.
    pending: Option<(Block, usize)>,
    outline: Outline<'a>,
    /// For each import the functions around it.
    functions: Vec<u32>,
    targets: Vec<Target<'a>>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        let place = Place { scope: Scope::Module, type_checking: false, functions: 0, tried: false };
        Self {
            text,
            bytes: text.as_bytes(),
            strings: Strings::default(),
            lines: Lines::new(text.as_bytes()),
            outer: Vec::new(),
            block: Block { column: 0, place, chain: Chain::None, cases: false },
            pending: None,
            outline: Outline::default(),
            functions: Vec::new(),
            targets: Vec::new(),
        }
    }

    pub fn read(mut self) -> Outline<'a> {
        let mut pos = 0;
        while pos < self.bytes.len() {
            let (column, start) = indentation(self.bytes, pos);
            pos = match self.bytes.get(start) {
                None => break,
                Some(b'\n') => start + 1,
                Some(b'#') => line_end(self.bytes, start) + 1,
                Some(_) => {
                    self.enter(column, start);
                    self.line(start) + 1
                }
            };
        }
        if let Some((_, header)) = self.pending.take() {
            self.problem(ProblemKind::Indentation, header);
        }
        self.outline
    }

    /// Finds the block of a line by its column.
    fn enter(&mut self, column: usize, start: usize) {
        if let Some((mut block, header)) = self.pending.take() {
            if column > self.block.column {
                block.column = column;
                self.outer.push(std::mem::replace(&mut self.block, block));
                return;
            }
            self.problem(ProblemKind::Indentation, header);
        }
        while column < self.block.column {
            let Some(outer) = self.outer.pop() else { break };
            self.block = outer;
        }
        if column > self.block.column {
            self.problem(ProblemKind::Indentation, start);
        }
    }

    /// Reads one logical line; gives the position of its end.
    fn line(&mut self, start: usize) -> usize {
        let place = self.block.place;
        let chain = std::mem::replace(&mut self.block.chain, Chain::None);
        let keyword = word(self.bytes, start);
        let after = start + keyword.len();
        match keyword {
            b"if" | b"elif" => self.condition(start, keyword, chain, place),
            b"else" => {
                let head = self.header(start, place);
                let rest = matches!(chain, Chain::If { rest: true });
                if matches!(chain, Chain::Try { .. }) {
                    self.block.chain = self.body_of_try_ends(chain);
                }
                self.suite(start, head, Place { type_checking: place.type_checking || rest, ..place }, false)
            }
            b"try" => {
                let head = self.header(start, place);
                self.block.chain = Chain::Try { from: self.outline.imports.len(), to: None };
                self.suite(start, head, Place { tried: true, ..place }, false)
            }
            b"except" => {
                let head = self.header(start, place);
                let chain = self.body_of_try_ends(chain);
                self.block.chain = chain;
                if clauses::catches_imports(self.bytes, after, head.end) {
                    self.block.chain = self.guard(chain, place);
                }
                self.suite(start, head, Place { tried: true, ..place }, false)
            }
            b"for" | b"with" => self.binder(start, after, keyword == b"for", place),
            b"while" | b"finally" => {
                let head = self.header(start, place);
                self.suite(start, head, place, false)
            }
            b"def" => self.function(start, after, place),
            b"class" => {
                let scope = place.scope.max(Scope::Class);
                self.define(start, after, place, Place { scope, ..place }, BindingKind::Class)
            }
            b"async" => {
                let second = skip_blanks(self.bytes, after);
                let keyword = word(self.bytes, second);
                let after = second + keyword.len();
                match keyword {
                    b"def" => self.function(start, after, place),
                    b"for" | b"with" => self.binder(start, after, keyword == b"for", place),
                    _ => self.simple_line(start, place),
                }
            }
            b"case" if self.block.cases => self.case(start, after, place),
            b"match" => self.matching(start, place),
            _ => self.simple_line(start, place),
        }
    }

    /// Reads `if` and `elif`: what their tests tell of type checkers holds for the branch, and for those that follow.
    fn condition(&mut self, start: usize, keyword: &[u8], chain: Chain, place: Place) -> usize {
        let before = matches!((keyword, chain), (b"elif", Chain::If { rest: true }));
        let place = Place { type_checking: place.type_checking || before, ..place };
        let head = self.header(start, place);
        let test = clauses::test(self.bytes, start + keyword.len(), head.end);
        let checked = Place { type_checking: place.type_checking || test.body, ..place };
        self.block.chain = Chain::If { rest: before || test.rest };
        self.suite(start, head, checked, false)
    }

    /// Reads `match`, unless it is a name in a simple statement.
    fn matching(&mut self, start: usize, place: Place) -> usize {
        let line = extent::statement(self.bytes, start, &mut self.strings);
        let Some(colon) = line.colon.filter(|colon| self.is_last(*colon, line.end)) else {
            return self.simple_line(start, place);
        };
        self.fault_of(&line);
        self.bind_walrus(start, line, place);
        self.suite(start, Extent { end: colon, ..line }, place, true)
    }

    fn case(&mut self, start: usize, after: usize, place: Place) -> usize {
        let head = self.header(start, place);
        if place.scope == Scope::Module {
            targets::captured(self.text, after, head.end, &mut self.targets);
            self.bind_targets(place);
        }
        self.suite(start, head, place, false)
    }

    fn function(&mut self, start: usize, after: usize, place: Place) -> usize {
        let functions = place.functions.saturating_add(1);
        let inside = Place { scope: Scope::Function, functions, ..place };
        self.define(start, after, place, inside, BindingKind::Function)
    }

    /// A `def` or a `class`.
    fn define(&mut self, start: usize, after: usize, place: Place, inside: Place, kind: BindingKind) -> usize {
        let head = self.header(start, place);
        if place.scope == Scope::Module {
            let name = Tokens::new(self.bytes, after, head.end).next().filter(|token| token.kind == Kind::Name);
            if let Some(name) = name.and_then(|token| self.text.get(token.start..token.end)) {
                let line = self.lines.at(start);
                let type_checking = place.type_checking;
                self.outline.bindings.push(Binding { name: name.into(), line, kind, type_checking });
            }
        }
        self.suite(start, head, inside, false)
    }

    /// A `for` or a `with`.
    fn binder(&mut self, start: usize, after: usize, is_loop: bool, place: Place) -> usize {
        let head = self.header(start, place);
        if place.scope == Scope::Module {
            let read = if is_loop { targets::looped } else { targets::entered };
            read(self.text, after, head.end, &mut self.targets);
            self.bind_targets(place);
        }
        self.suite(start, head, place, false)
    }

    /// The extent of a header, with its `:=` bound.
    fn header(&mut self, start: usize, place: Place) -> Extent {
        let head = extent::header(self.bytes, start, &mut self.strings);
        self.fault_of(&head);
        self.bind_walrus(start, head, place);
        head
    }

    /// What follows a header: a block on the lines below, or statements after the colon.
    fn suite(&mut self, start: usize, head: Extent, place: Place, cases: bool) -> usize {
        if head.colon.is_none() {
            self.problem(ProblemKind::Header, start);
        }
        let body = skip_blanks(self.bytes, head.end + usize::from(head.colon.is_some()));
        match self.bytes.get(body) {
            None | Some(b'\n' | b'#') => {
                let block = Block { column: 0, place, chain: Chain::None, cases };
                self.pending = Some((block, start));
                line_end(self.bytes, body)
            }
            Some(_) => self.simple_line(body, place),
        }
    }

    /// Simple statements up to the end of their line.
    fn simple_line(&mut self, mut start: usize, place: Place) -> usize {
        loop {
            let end = self.simple(start, place);
            if self.bytes.get(end) != Some(&b';') {
                return end;
            }
            start = skip_blanks(self.bytes, end + 1);
            if matches!(self.bytes.get(start), None | Some(b'\n' | b'#')) {
                return line_end(self.bytes, start);
            }
        }
    }

    fn simple(&mut self, start: usize, place: Place) -> usize {
        let extent = extent::statement(self.bytes, start, &mut self.strings);
        self.fault_of(&extent);
        match word(self.bytes, start) {
            b"import" | b"from" => self.import(start, start, extent.end, place),
            b"lazy" if self.is_lazy_import(start) => {
                self.import(start, skip_blanks(self.bytes, start + 4), extent.end, place);
            }
            keyword if place.scope == Scope::Module => {
                if keyword == b"type"
                    && let Some(name) = self.type_alias(start + 4, extent.end)
                {
                    self.targets.push(name);
                } else if let Some(sign) = extent.assign {
                    targets::assigned(self.text, start, sign + 1, &mut self.targets);
                    if let Some(names) = lazy::assigned(self.text, start, sign, extent.end) {
                        self.outline.lazy_modules.push(LazyModules { line: self.lines.at(start), ..names });
                    }
                }
                self.bind_targets(place);
                self.bind_walrus(start, extent, place);
            }
            _ => {}
        }
        extent.end
    }

    /// Whether `lazy` is no ordinary name: no other name can stand before `import` or `from`.
    fn is_lazy_import(&self, start: usize) -> bool {
        matches!(word(self.bytes, skip_blanks(self.bytes, start + 4)), b"import" | b"from")
    }

    fn import(&mut self, start: usize, keyword: usize, end: usize, place: Place) {
        let line = self.lines.at(start);
        let Place { scope, type_checking, functions, tried } = place;
        let context = Context { scope, type_checking, guarded: false, tried, lazy: keyword > start };
        let read = statement::read(self.text, keyword, end, line, context);
        if !read.sound {
            self.problem(ProblemKind::Import, start);
        }
        for import in read.imports {
            if scope == Scope::Module {
                statement::bound(&import, |name| {
                    self.outline.bindings.push(Binding { name, line, kind: BindingKind::Import, type_checking });
                });
            }
            self.functions.push(functions);
            self.outline.imports.push(import);
        }
    }

    /// The name of `type name = …`; `type` may also be an ordinary name.
    fn type_alias(&self, after: usize, end: usize) -> Option<Target<'a>> {
        let mut tokens = Tokens::new(self.bytes, after, end);
        let name = tokens.next().filter(|token| token.kind == Kind::Name)?;
        let next = tokens.next()?;
        let text = self.text.get(name.start..name.end)?;
        let starts = next.kind == Kind::Assign || next.bytes(self.bytes) == b"[";
        (starts && !crate::name::is_keyword(text)).then_some((text.into(), name.start))
    }

    fn bind_walrus(&mut self, start: usize, extent: Extent, place: Place) {
        if extent.walrus && place.scope == Scope::Module {
            targets::walrus(self.text, start, extent.end, &mut self.targets);
            self.bind_targets(place);
        }
    }

    fn bind_targets(&mut self, place: Place) {
        for (name, at) in self.targets.drain(..) {
            let line = self.lines.at(at);
            let kind = BindingKind::Assignment;
            self.outline.bindings.push(Binding { name, line, kind, type_checking: place.type_checking });
        }
    }

    fn body_of_try_ends(&self, chain: Chain) -> Chain {
        match chain {
            Chain::Try { from, to: None } => Chain::Try { from, to: Some(self.outline.imports.len()) },
            other => other,
        }
    }

    /// Marks the imports of the body; another handler has nothing left to mark.
    fn guard(&mut self, chain: Chain, place: Place) -> Chain {
        let Chain::Try { from, to: Some(to) } = chain else { return chain };
        let imports = self.outline.imports.get_mut(from..to).unwrap_or_default();
        let functions = self.functions.get(from..to).unwrap_or_default();
        for (import, functions) in imports.iter_mut().zip(functions) {
            import.context.guarded |= *functions == place.functions;
        }
        Chain::Try { from: to, to: Some(to) }
    }

    /// Whether nothing but a comment follows a colon in its line.
    fn is_last(&self, colon: usize, end: usize) -> bool {
        let next = skip_blanks(self.bytes, colon + 1);
        next >= end || self.bytes.get(next) == Some(&b'#')
    }

    fn fault_of(&mut self, extent: &Extent) {
        if let Some((kind, at)) = extent.fault {
            self.problem(kind, at);
        }
    }

    fn problem(&mut self, kind: ProblemKind, at: usize) {
        if self.outline.problems.iter().any(|problem| problem.kind == kind) {
            return;
        }
        let message = match kind {
            ProblemKind::String => "the string that begins here is never closed: add its closing quotes",
            ProblemKind::Bracket => "this bracket has no partner: add the other one, or take this one out",
            ProblemKind::Indentation => "the indentation fits no block: align the lines that belong together",
            ProblemKind::Header => "this line needs a colon at its end: add it",
            ProblemKind::Import => "this import cannot be read: write it like 'from package import name'",
            ProblemKind::Encoding => "the text cannot be decoded: save it as UTF-8",
        };
        let line = self.lines.at(at);
        self.outline.problems.push(Problem { line, kind, message: message.to_owned() });
    }
}
