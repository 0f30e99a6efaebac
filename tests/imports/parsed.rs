//! Rows from ruff's syntax tree, by the rules that the reader documents.

use pyautoload_wasm::imports::Scope;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_pattern};
use ruff_python_ast::{BoolOp, Decorator, ExceptHandler, Expr, Pattern, Stmt, StmtIf, StmtMatch, StmtTry, UnaryOp};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextSize};

use crate::rows::{Rows, Takes};

/// The rows of a text; none where it does not parse.
pub fn rows(text: &str) -> Option<Rows> {
    let parsed = parse_module(text).ok()?;
    let mut starts = vec![0];
    let bytes = text.as_bytes();
    starts.extend((1..=bytes.len()).filter(|at| match bytes[at - 1] {
        b'\n' => true,
        b'\r' => bytes.get(*at) != Some(&b'\n'),
        _ => false,
    }));
    let defining = |kind| matches!(kind, TokenKind::Def | TokenKind::Class | TokenKind::Async);
    let keywords = parsed.tokens().iter().filter(|token| defining(token.kind())).map(Ranged::start).collect();
    let mut reader = Reader { starts, keywords, rows: Rows::default() };
    reader.block(parsed.suite(), Place { scope: Scope::Module, checking: false, guarded: false });
    Some(reader.rows.sorted())
}

#[derive(Clone, Copy)]
struct Place {
    scope: Scope,
    checking: bool,
    guarded: bool,
}

struct Reader {
    starts: Vec<usize>,
    /// Where `def`, `class` and `async` stand.
    keywords: Vec<TextSize>,
    rows: Rows,
}

impl Reader {
    fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at)).unwrap()
    }

    /// Where a definition itself begins, after its decorators.
    fn keyword(&self, decorators: &[Decorator], start: TextSize) -> usize {
        let after = decorators.last().map_or(start, Ranged::end);
        self.keywords[self.keywords.partition_point(|keyword| *keyword < after)].to_usize()
    }

    fn bind(&mut self, name: &str, at: usize, kind: &str, place: Place) {
        if place.scope == Scope::Module {
            self.rows.bindings.push((name.to_owned(), self.line(at), kind.to_owned(), place.checking));
        }
    }

    fn block(&mut self, body: &[Stmt], place: Place) {
        for statement in body {
            self.statement(statement, place);
        }
    }

    fn targets(&mut self, target: &Expr, place: Place) {
        match target {
            Expr::Name(name) => self.bind(&name.id, name.range.start().to_usize(), "assignment", place),
            Expr::Starred(starred) => self.targets(&starred.value, place),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.targets(element, place)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.targets(element, place)),
            _ => {}
        }
    }

    /// The names that `:=` binds in expressions.
    fn walrus<'a>(&mut self, expressions: impl IntoIterator<Item = &'a Expr>, place: Place) {
        let mut found = Walrus(Vec::new());
        expressions.into_iter().for_each(|expression| found.visit_expr(expression));
        for (name, at) in found.0 {
            self.bind(&name, at, "assignment", place);
        }
    }

    fn statement(&mut self, statement: &Stmt, place: Place) {
        let mut header = Walrus(Vec::new());
        match statement {
            Stmt::FunctionDef(def) => {
                def.decorator_list.iter().for_each(|decorator| header.visit_decorator(decorator));
                header.visit_parameters(&def.parameters);
                def.returns.iter().for_each(|returns| header.visit_expr(returns));
                let at = self.keyword(&def.decorator_list, def.range.start());
                self.bind(&def.name.id, at, "function", place);
                self.block(&def.body, Place { scope: Scope::Function, guarded: false, ..place });
            }
            Stmt::ClassDef(class) => {
                class.decorator_list.iter().for_each(|decorator| header.visit_decorator(decorator));
                class.arguments.iter().for_each(|arguments| header.visit_arguments(arguments));
                let at = self.keyword(&class.decorator_list, class.range.start());
                self.bind(&class.name.id, at, "class", place);
                self.block(&class.body, Place { scope: place.scope.max(Scope::Class), ..place });
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.importing(statement, place),
            Stmt::If(conditional) => self.conditional(conditional, place),
            Stmt::For(each) => {
                self.walrus([&*each.target, &*each.iter], place);
                self.targets(&each.target, place);
                self.block(&each.body, place);
                self.block(&each.orelse, place);
            }
            Stmt::While(each) => {
                self.walrus([&*each.test], place);
                self.block(&each.body, place);
                self.block(&each.orelse, place);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    header.visit_with_item(item);
                    item.optional_vars.iter().for_each(|target| self.targets(target, place));
                }
                self.block(&with.body, place);
            }
            Stmt::Try(attempt) => self.attempt(attempt, place),
            Stmt::Match(matching) => self.matching(matching, place),
            other => {
                header.visit_stmt(other);
                match other {
                    Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.targets(target, place)),
                    Stmt::AugAssign(assign) => self.targets(&assign.target, place),
                    Stmt::AnnAssign(assign) if assign.value.is_some() => self.targets(&assign.target, place),
                    Stmt::TypeAlias(alias) => self.targets(&alias.name, place),
                    _ => {}
                }
            }
        }
        for (name, at) in header.0 {
            self.bind(&name, at, "assignment", place);
        }
    }

    fn conditional(&mut self, conditional: &StmtIf, place: Place) {
        let (body, mut rest) = type_checking(&conditional.test);
        self.walrus([&*conditional.test], place);
        self.block(&conditional.body, Place { checking: place.checking || body, ..place });
        for clause in &conditional.elif_else_clauses {
            let inside = Place { checking: place.checking || rest, ..place };
            self.walrus(&clause.test, inside);
            let (body, more) = clause.test.as_ref().map_or((false, false), type_checking);
            self.block(&clause.body, Place { checking: inside.checking || body, ..place });
            rest |= more;
        }
    }

    fn attempt(&mut self, attempt: &StmtTry, place: Place) {
        let handlers = || attempt.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| handler);
        let caught = handlers().any(|handler| handler.type_.as_deref().is_none_or(catches_imports));
        self.block(&attempt.body, Place { guarded: place.guarded || caught, ..place });
        for handler in handlers() {
            self.walrus(handler.type_.as_deref(), place);
            self.block(&handler.body, place);
        }
        self.block(&attempt.orelse, place);
        self.block(&attempt.finalbody, place);
    }

    fn matching(&mut self, matching: &StmtMatch, place: Place) {
        self.walrus([&*matching.subject], place);
        for case in &matching.cases {
            let mut captures = Captures(Vec::new());
            captures.visit_pattern(&case.pattern);
            for (name, at) in captures.0 {
                self.bind(&name, at, "assignment", place);
            }
            self.walrus(case.guard.as_deref(), place);
            self.block(&case.body, place);
        }
    }

    fn importing(&mut self, statement: &Stmt, place: Place) {
        match statement {
            Stmt::Import(import) => {
                let line = self.line(import.range.start().to_usize());
                for alias in &import.names {
                    let name = alias.name.id.to_string();
                    let asname = alias.asname.as_ref().map(|name| name.id.to_string());
                    let bound = asname.clone().unwrap_or_else(|| name.split('.').next().unwrap().to_owned());
                    self.bind(&bound, import.range.start().to_usize(), "import", place);
                    self.import((line, 0, name, Takes::Module(asname)), place, import.is_lazy);
                }
            }
            Stmt::ImportFrom(import) => {
                let at = import.range.start().to_usize();
                let names: Vec<_> = import
                    .names
                    .iter()
                    .map(|alias| (alias.name.id.to_string(), alias.asname.as_ref().map(|name| name.id.to_string())))
                    .collect();
                let star = names[0].0 == "*";
                for (name, alias) in names.iter().filter(|_| !star) {
                    self.bind(alias.as_ref().unwrap_or(name), at, "import", place);
                }
                let module = import.module.as_ref().map_or_else(String::new, |module| module.id.to_string());
                let takes = if star { Takes::Star } else { Takes::Names(names) };
                self.import((self.line(at), import.level, module, takes), place, import.is_lazy);
            }
            _ => {}
        }
    }

    fn import(&mut self, (line, level, module, takes): (u32, u32, String, Takes), place: Place, lazy: bool) {
        let scope = match place.scope {
            Scope::Module => "module",
            Scope::Class => "class",
            Scope::Function => "function",
        };
        let context = (scope.to_owned(), place.checking, place.guarded, lazy);
        self.rows.imports.push((line, level, module, takes, context));
    }
}

struct Walrus(Vec<(String, usize)>);

impl<'a> Visitor<'a> for Walrus {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::FString(_) | Expr::TString(_) => {}
            Expr::Lambda(lambda) => {
                lambda.parameters.iter().for_each(|parameters| self.visit_parameters(parameters));
            }
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target {
                    self.0.push((name.id.to_string(), name.range.start().to_usize()));
                }
                self.visit_expr(&named.value);
            }
            other => walk_expr(self, other),
        }
    }
}

struct Captures(Vec<(String, usize)>);

impl<'a> Visitor<'a> for Captures {
    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(star) => star.name.as_ref(),
            Pattern::MatchMapping(mapping) => mapping.rest.as_ref(),
            _ => None,
        };
        self.0.extend(name.map(|name| (name.id.to_string(), name.range.start().to_usize())));
        walk_pattern(self, pattern);
    }
}

fn last_part(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => last_part(&attribute.value).map(|_| attribute.attr.id.as_str()),
        _ => None,
    }
}

fn without_nots(mut expression: &Expr) -> (bool, &Expr) {
    let mut negated = false;
    while let Expr::UnaryOp(unary) = expression
        && unary.op == UnaryOp::Not
    {
        negated = !negated;
        expression = &unary.operand;
    }
    (negated, expression)
}

fn type_checking(test: &Expr) -> (bool, bool) {
    let (negated, inner) = without_nots(test);
    if last_part(inner) == Some("TYPE_CHECKING") {
        return (!negated, negated);
    }
    let Expr::BoolOp(operation) = inner else { return (false, false) };
    let operand = |one: &Expr| {
        let (negated, inner) = without_nots(one);
        !negated && last_part(inner) == Some("TYPE_CHECKING")
    };
    (!negated && operation.op == BoolOp::And && operation.values.iter().any(operand), false)
}

fn catches_imports(caught: &Expr) -> bool {
    let is = |one: &Expr| {
        matches!(last_part(one), Some("ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException"))
    };
    if let Expr::Tuple(tuple) = caught { tuple.elts.iter().any(is) } else { is(caught) }
}
