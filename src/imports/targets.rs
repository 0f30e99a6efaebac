//! The names that a statement at module level binds, read from its tokens.

use std::borrow::Cow;

use super::tokens::{Kind, Token, Tokens};
use crate::name::is_keyword;

/// A name that is bound and where it stands.
pub(super) type Target<'a> = (Cow<'a, str>, usize);

/// Where the targets stop.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// At the statement's last `=`, or after an annotation that a value follows.
    Value,
    /// At the `in` of a `for`.
    In,
    /// At the end of a `with` item.
    Item,
}

/// Targets of `a, b = c = …`, `a += …` and `a: b = …`; `end` is just after the last `=` that may assign.
pub(super) fn assigned<'a>(text: &'a str, start: usize, end: usize, found: &mut Vec<Target<'a>>) {
    Reader::new(text, start, end, found).targets(Until::Value);
}

/// Targets of a `for`, from after the keyword.
pub(super) fn looped<'a>(text: &'a str, start: usize, end: usize, found: &mut Vec<Target<'a>>) {
    Reader::new(text, start, end, found).targets(Until::In);
}

/// Targets of a `with`, from after the keyword. No `as` but that of an item can stand in its header.
pub(super) fn entered<'a>(text: &'a str, start: usize, end: usize, found: &mut Vec<Target<'a>>) {
    let mut reader = Reader::new(text, start, end, found);
    while let Some(token) = reader.tokens.next() {
        if token.kind == Kind::Name && token.bytes(text.as_bytes()) == b"as" {
            reader.targets(Until::Item);
        }
    }
}

/// Captures of a `case`, from after the keyword to its guard.
pub(super) fn captured<'a>(text: &'a str, start: usize, end: usize, found: &mut Vec<Target<'a>>) {
    let bytes = text.as_bytes();
    let mut tokens = Tokens::new(bytes, start, end).peekable();
    let mut before = Kind::Other;
    while let Some(token) = tokens.next() {
        let after = tokens.peek().map(|next| (next.kind, next.bytes(bytes)));
        let word = token.bytes(bytes);
        if token.kind == Kind::Name && word == b"if" {
            return;
        }
        let part = before == Kind::Dot
            || matches!(after, Some((Kind::Dot | Kind::Assign, _)))
            || after.is_some_and(|(_, next)| next == b"(");
        if token.kind == Kind::Name && !part && word != b"_" {
            push(text, token, found);
        }
        before = token.kind;
    }
}

/// Targets of `:=`, but for those inside a lambda, which binds them itself.
pub(super) fn walrus<'a>(text: &'a str, start: usize, end: usize, found: &mut Vec<Target<'a>>) {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Open {
        Bracket,
        Parameters,
        Body,
    }
    let bytes = text.as_bytes();
    let (mut open, mut bodies) = (Vec::new(), 0usize);
    let mut name = None;
    for token in Tokens::new(bytes, start, end) {
        let word = token.bytes(bytes);
        let comprehension = token.kind == Kind::Name && word == b"for";
        // What ends the body of a lambda.
        if comprehension || matches!(token.kind, Kind::Comma | Kind::Colon | Kind::Close) {
            while open.pop_if(|open| *open == Open::Body).is_some() {
                bodies -= 1;
            }
        }
        match token.kind {
            Kind::Open => open.push(Open::Bracket),
            Kind::Close => while open.pop().is_some_and(|open| open != Open::Bracket) {},
            Kind::Colon if open.pop_if(|open| *open == Open::Parameters).is_some() => {
                open.push(Open::Body);
                bodies += 1;
            }
            Kind::Name if word == b"lambda" => open.push(Open::Parameters),
            Kind::Walrus if bodies == 0 => {
                if let Some(token) = name {
                    push(text, token, found);
                }
            }
            _ => {}
        }
        name = (token.kind == Kind::Name).then_some(token);
    }
}

fn push<'a>(text: &'a str, token: Token, found: &mut Vec<Target<'a>>) {
    if let Some(name) = text.get(token.start..token.end).filter(|name| !is_keyword(name)) {
        found.push((Cow::Borrowed(name), token.start));
    }
}

/// What the token before was, and what a `.`, `[` or `(` after it does to the names found.
#[derive(Clone, Copy)]
enum Before {
    /// An operator or nothing: a bracket now groups targets.
    Nothing,
    /// A value: a bracket now is a subscript or a call, and it takes back the names from this index on.
    Value(usize),
}

struct Reader<'a, 'b> {
    text: &'a str,
    tokens: Tokens<'a>,
    found: &'b mut Vec<Target<'a>>,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn new(text: &'a str, start: usize, end: usize, found: &'b mut Vec<Target<'a>>) -> Self {
        Self { text, tokens: Tokens::new(text.as_bytes(), start, end), found }
    }

    fn targets(&mut self, until: Until) {
        let mut kept = self.found.len();
        let mut groups: Vec<usize> = Vec::new();
        let mut before = Before::Nothing;
        while let Some(token) = self.tokens.next() {
            let word = token.bytes(self.text.as_bytes());
            let outside = groups.is_empty();
            let mut next = Before::Nothing;
            match (token.kind, before) {
                (Kind::Open | Kind::Dot, Before::Value(start)) => {
                    self.found.truncate(start);
                    if token.kind == Kind::Open {
                        self.skip_brackets();
                    } else {
                        self.tokens.next();
                    }
                    next = Before::Value(self.found.len());
                }
                (Kind::Open, Before::Nothing) if word == b"{" => {
                    self.skip_brackets();
                    next = Before::Value(self.found.len());
                }
                (Kind::Open, Before::Nothing) => groups.push(self.found.len()),
                (Kind::Close, _) => match groups.pop() {
                    Some(start) => next = Before::Value(start),
                    None => break,
                },
                (Kind::Name, _) if outside && until == Until::In && word == b"in" => break,
                (Kind::Name, _) if outside && word == b"lambda" => break,
                (Kind::Name, _) => {
                    next = Before::Value(self.found.len());
                    push(self.text, token, self.found);
                }
                (Kind::Literal | Kind::Dot, _) => next = Before::Value(self.found.len()),
                (Kind::Comma, _) if outside && until == Until::Item => break,
                (Kind::Colon, _) if outside && until == Until::Value => {
                    if self.has_value() {
                        kept = self.found.len();
                    }
                    break;
                }
                (Kind::Assign | Kind::Augment, _) if outside && until == Until::Value => kept = self.found.len(),
                _ => {}
            }
            before = next;
        }
        if until == Until::Value {
            self.found.truncate(kept);
        }
    }

    fn skip_brackets(&mut self) {
        let mut depth = 1usize;
        for token in self.tokens.by_ref() {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Whether a value follows the annotation, in which a lambda may have defaults.
    fn has_value(&mut self) -> bool {
        let mut lambdas = 0usize;
        while let Some(token) = self.tokens.next() {
            match token.kind {
                Kind::Open => self.skip_brackets(),
                Kind::Name if token.bytes(self.text.as_bytes()) == b"lambda" => lambdas += 1,
                Kind::Colon => lambdas = lambdas.saturating_sub(1),
                Kind::Assign if lambdas == 0 => return true,
                _ => {}
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! binds {
        ($read:ident, $($test:ident: $text:expr => $names:expr;)*) => {$(
            #[test]
            fn $test() {
                let text: &str = $text;
                let mut found = Vec::new();
                $read(text, 0, text.len(), &mut found);
                let names: Vec<_> = found.iter().map(|(name, _)| &**name).collect();
                assert_eq!(names.join(" "), $names);
            }
        )*};
    }

    binds! { assigned,
        one: "a =" => "a";
        chain: "a = b = c =" => "a b c";
        tuple: "a, (b, [c, *d]), = e =" => "a b c d e";
        attribute: "a.b, c . d = e =" => "e";
        subscript: "a[b], c[d][e].f = g =" => "g";
        of_a_call: "f(a).b, f(a)(c)[d] = g =" => "g";
        of_a_group: "(a).b, (a or b)[0], (c) =" => "c";
        of_a_literal: "'a'[b], 1 .real, {a: b}[c], [d][0] =" => "";
        ellipsis: "...[a], (...)[b] =" => "";
        annotated: "a: b =" => "a";
        annotated_group: "(a): b[c, d] =" => "a";
        annotated_attribute: "a.b: c =" => "";
        annotated_lambda: "a: lambda b=1, c=lambda d=2: 3: e =" => "a";
        annotation_without_value: "a: lambda b=" => "";
        augmented: "a +=" => "a";
        augmented_attribute: "a.b //=" => "";
        lambda_default: "a = lambda b=" => "a";
    }

    binds! { looped,
        loop_one: "a in b" => "a";
        loop_many: "a, (b, *c) in d" => "a b c";
        loop_subscript: "a[b in c], d.e in f" => "";
    }

    binds! { entered,
        with_one: "a() as b" => "b";
        with_many: "(a as b, c as (d, *e), f, g as h.i, j as k[l],)" => "b d e";
        with_groups: "(a, b) as c, (d) as [e]" => "c e";
    }

    binds! { captured,
        capture: "a" => "a";
        wildcard: "_" => "";
        values: "None | True | 1 | 'a' | b.c | -1j" => "";
        sequence: "[a, (b), *c, *_]" => "a b c";
        mapping: "{'a': b, c.d: e, **f}" => "b e f";
        of_class: "a.B(c, d=e, f=G(h))" => "c e h";
        named: "(1 | 2) as a" => "a";
        guard: "a if (b := c)" => "a";
        guard_at_a_number: "1if a" => "";
    }

    binds! { walrus,
        in_brackets: "f((a := 1), [b := 2 for c in d])" => "a b";
        in_a_lambda: "lambda: (a := 1)" => "";
        in_a_default: "lambda a=(b := 1): (c := 2)" => "b";
        after_a_lambda: "f(lambda: (a := 1), (b := 2))" => "b";
        in_a_default_after_a_lambda: "lambda a=lambda: (b := 0), c=(d := 1): (e := 2)" => "d";
        in_a_comprehension_of_lambdas: "[lambda: (a := 1) for b in (c := d)]" => "c";
        in_a_dict: "{lambda: (a := 1): (b := 2)}" => "b";
        in_an_index: "a[b := 1]" => "b";
    }
}
