//! What the headers of `if` and `except` say about the imports below them.

use super::strings::find;
use super::tokens::{Kind, Tokens};

/// More tokens than a test for type checking or a list of exceptions has; a longer header says nothing here, so that one of
/// megabytes costs neither memory nor time.
const LIMIT: usize = 256;

/// What an `if` tells about type checking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Test {
    /// Its body is for type checkers only.
    pub body: bool,
    /// Its other branches are.
    pub rest: bool,
}

/// The condition between two positions. `TYPE_CHECKING` counts as a name or as the last part of a dotted name, under any
/// `not`s; and, where no `not` stands before it, as an operand of an `and`.
pub(super) fn test(bytes: &[u8], start: usize, end: usize) -> Test {
    if !mentions_type_checking(bytes, start, end) {
        return Test::default();
    }
    let Some(words) = words(bytes, start, end) else { return Test::default() };
    let (negated, inner) = peel(&words);
    if is_type_checking(inner) {
        return Test { body: !negated, rest: negated };
    }
    let mut operators = outer(inner).filter(|word| OPERATORS.contains(&word.bytes)).peekable();
    let all_and = operators.peek().is_some() && operators.all(|word| word.bytes == b"and");
    let has_operand = inner.split(|word| word.bytes == b"and" && Some(word.depth) == depth(inner)).any(|operand| {
        let (negated, inner) = peel(operand);
        !negated && is_type_checking(inner)
    });
    Test { body: !negated && all_and && has_operand, rest: false }
}

/// Whether the handler between two positions, `except` left out, catches a failing import.
pub(super) fn catches_imports(bytes: &[u8], start: usize, end: usize) -> bool {
    let Some(words) = words(bytes, start, end) else { return false };
    let mut caught = words.split(|word| word.depth == 0 && word.bytes == b"as").next().unwrap_or(&[]);
    if let [Word { kind: Kind::Star, .. }, rest @ ..] = caught {
        caught = rest;
    }
    if caught.is_empty() {
        return true;
    }
    let caught = unwrap(caught);
    caught.split(|word| word.kind == Kind::Comma && Some(word.depth) == depth(caught)).any(|one| {
        let name = dotted(unwrap(one));
        matches!(name, Some(b"ImportError" | b"ModuleNotFoundError" | b"Exception" | b"BaseException"))
    })
}

/// What binds weaker than `not`.
const OPERATORS: [&[u8]; 6] = [b"and", b"or", b"if", b"else", b"lambda", b":="];

/// A token, its text, and how many brackets stand open around it.
#[derive(Clone, Copy)]
struct Word<'a> {
    kind: Kind,
    bytes: &'a [u8],
    depth: usize,
}

/// The words of a header; none of one that is too long.
fn words(bytes: &[u8], start: usize, end: usize) -> Option<Vec<Word<'_>>> {
    let mut words = Vec::new();
    let mut depth = 0usize;
    for token in Tokens::new(bytes, start, end) {
        if words.len() == LIMIT {
            return None;
        }
        if token.kind == Kind::Close {
            depth = depth.saturating_sub(1);
        }
        words.push(Word { kind: token.kind, bytes: token.bytes(bytes), depth });
        if token.kind == Kind::Open {
            depth += 1;
        }
    }
    Some(words)
}

fn mentions_type_checking(bytes: &[u8], start: usize, end: usize) -> bool {
    let head = bytes.get(start..end).unwrap_or(b"");
    let mut pos = 0;
    while let Some((at, _)) = find(head, pos, |byte| byte == b'T') {
        if head.get(at..).is_some_and(|rest| rest.starts_with(TYPE_CHECKING)) {
            return true;
        }
        pos = at + 1;
    }
    false
}

const TYPE_CHECKING: &[u8] = b"TYPE_CHECKING";

fn is_type_checking(words: &[Word]) -> bool {
    dotted(words) == Some(TYPE_CHECKING)
}

fn depth(words: &[Word]) -> Option<usize> {
    words.first().map(|word| word.depth)
}

/// The words outside the brackets among these.
fn outer<'a, 'b>(words: &'b [Word<'a>]) -> impl Iterator<Item = &'b Word<'a>> {
    words.iter().filter(move |word| Some(word.depth) == depth(words))
}

/// Without the brackets and the `not`s around it; and whether these negate it.
fn peel<'a, 'b>(mut words: &'b [Word<'a>]) -> (bool, &'b [Word<'a>]) {
    let mut negated = false;
    loop {
        let inside = unwrap(words);
        if outer(inside).any(|word| OPERATORS.contains(&word.bytes)) {
            return (negated, inside);
        }
        match inside {
            [Word { bytes: b"not", .. }, rest @ ..] => {
                negated = !negated;
                words = rest;
            }
            _ => return (negated, inside),
        }
    }
}

/// Without the brackets around it.
fn unwrap<'a, 'b>(mut words: &'b [Word<'a>]) -> &'b [Word<'a>] {
    while let [Word { bytes: b"(", depth, .. }, inside @ .., Word { bytes: b")", .. }] = words {
        if inside.iter().any(|word| word.depth <= *depth) {
            break;
        }
        words = inside;
    }
    words
}

/// The last part of a dotted name, where the words are one.
fn dotted<'a>(words: &[Word<'a>]) -> Option<&'a [u8]> {
    let is_name = words.len() % 2 == 1
        && words.iter().enumerate().all(|(at, word)| word.kind == if at % 2 == 0 { Kind::Name } else { Kind::Dot });
    words.last().filter(|_| is_name).map(|word| word.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! tests {
        ($($test:ident: $text:expr => $body:expr, $rest:expr;)*) => {$(
            #[test]
            fn $test() {
                let text: &str = $text;
                assert_eq!(test(text.as_bytes(), 0, text.len()), Test { body: $body, rest: $rest });
            }
        )*};
    }

    tests! {
        name: "TYPE_CHECKING" => true, false;
        attribute: "typing.TYPE_CHECKING" => true, false;
        long_attribute: "a.b . TYPE_CHECKING" => true, false;
        bracketed: "((\n typing.TYPE_CHECKING))" => true, false;
        negated: "not TYPE_CHECKING" => false, true;
        negated_twice: "not (not TYPE_CHECKING)" => true, false;
        negated_in_brackets: "(not (t.TYPE_CHECKING))" => false, true;
        operand: "TYPE_CHECKING and x == 1" => true, false;
        last_operand: "not a and (b) and (TYPE_CHECKING)" => true, false;
        negated_operand: "a and not TYPE_CHECKING" => false, false;
        negated_and: "not (TYPE_CHECKING and a)" => false, false;
        in_brackets: "(TYPE_CHECKING and a)" => true, false;
        nested_and: "(TYPE_CHECKING and a) and b" => false, false;
        or: "TYPE_CHECKING or a" => false, false;
        and_or: "TYPE_CHECKING and a or b" => false, false;
        conditional: "a if b else c and TYPE_CHECKING" => false, false;
        compared: "TYPE_CHECKING == True" => false, false;
        called: "f(TYPE_CHECKING)" => false, false;
        walrus: "x := TYPE_CHECKING and a" => false, false;
        two_groups: "(TYPE_CHECKING) or (TYPE_CHECKING)" => false, false;
        other_name: "MY_TYPE_CHECKING" => false, false;
        longer_name: "TYPE_CHECKING_" => false, false;
        in_a_string: "'TYPE_CHECKING'" => false, false;
        of_a_call: "f().TYPE_CHECKING" => false, false;
    }

    macro_rules! handlers {
        ($($test:ident: $text:expr => $catches:expr;)*) => {$(
            #[test]
            fn $test() {
                let text: &str = $text;
                assert_eq!(catches_imports(text.as_bytes(), 0, text.len()), $catches);
            }
        )*};
    }

    handlers! {
        bare: "  " => true;
        one: " ImportError" => true;
        module_not_found: " ModuleNotFoundError as error" => true;
        any_exception: " (Exception)" => true;
        tuple: " (ValueError, (ImportError),) as e" => true;
        tuple_without_brackets: " A, ImportError" => true;
        dotted_one: " builtins.ImportError" => true;
        group: "* ImportError" => true;
        others: " (ValueError, OSError)" => false;
        nested_tuple: " (A, (ImportError, B))" => false;
        computed: " errors(ImportError)" => false;
        similar: " MyImportError" => false;
    }

    #[test]
    fn a_header_beyond_all_measure_says_nothing() {
        let long = format!("({}ImportError)", "a, ".repeat(200_000));
        assert!(!catches_imports(long.as_bytes(), 0, long.len()));
        let deep = format!("{}TYPE_CHECKING{}", "(".repeat(200_000), ")".repeat(200_000));
        assert_eq!(test(deep.as_bytes(), 0, deep.len()), Test::default());
    }
}
