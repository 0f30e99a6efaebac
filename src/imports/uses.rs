//! Modules that a file uses without an import statement of their own: `app.models.User` after `import app`, and
//! `import_module("app.models")`.

use crate::imports::Outline;
use crate::imports::tokens::{Kind, Token, Tokens};
use crate::vfs::{Texts, normal};

/// A chain of attributes that starts at a package, or at the top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The line of its start, counted from one.
    pub line: u32,
    /// The package's dotted name; empty for the top level.
    pub package: String,
    /// What is taken from it, one after the other.
    pub attributes: Vec<String>,
}

/// The chains in a text that was scanned, and its outline with normalized names. `roots` are the names of packages in it, each with the package; `package_at` is the package
/// that so many dots stand for at the start of a relative name.
pub fn uses(
    text: &str,
    texts: &dyn Texts,
    outline: &Outline<'_>,
    roots: &[(String, String)],
    package_at: impl Fn(u32) -> Option<String>,
) -> Vec<Use> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut tokens = Tokens::new(bytes, 0, bytes.len()).peekable();
    let (mut line, mut counted) = (1, 0);
    let mut follows_dot = false;
    while let Some(token) = tokens.next() {
        let is_attribute = std::mem::replace(&mut follows_dot, token.kind == Kind::Dot);
        if token.kind != Kind::Name {
            continue;
        }
        let name = normal(texts, text_of(text, token));
        let root = roots.iter().find(|(root, _)| !is_attribute && *root == name);
        let (package, attributes) = if let Some((_, package)) = root {
            let mut attributes = Vec::new();
            while tokens.next_if(|next| next.kind == Kind::Dot).is_some() {
                let Some(attribute) = tokens.next_if(|next| next.kind == Kind::Name) else { break };
                attributes.push(normal(texts, text_of(text, attribute)).into_owned());
            }
            (package.clone(), attributes)
        } else if matches!(&*name, "import_module" | "__import__")
            && tokens.next_if(|next| next.kind == Kind::Open).is_some()
        {
            let Some(literal) = tokens.next_if(|next| next.kind == Kind::Literal) else { continue };
            let Some(dotted) = literal.plain_text(text) else { continue };
            let absolute = dotted.trim_start_matches('.');
            let dots = u32::try_from(dotted.len().saturating_sub(absolute.len())).unwrap_or(u32::MAX);
            let Some(package) = package_at(dots) else { continue };
            (package, absolute.split('.').map(str::to_owned).collect())
        } else {
            continue;
        };
        if !attributes.is_empty() {
            let between = text.get(counted..token.start).unwrap_or_default();
            line += u32::try_from(between.matches('\n').count()).unwrap_or(0);
            counted = token.start;
            // What an import statement names is its own matter.
            if outline.imports.binary_search_by_key(&line, |import| import.line).is_err() {
                found.push(Use { line, package, attributes });
            }
        }
    }
    found
}

fn text_of(text: &str, token: Token) -> &str {
    text.get(token.start..token.end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::outline;
    use crate::imports::source::Source;
    use crate::vfs::Tables;

    fn shown(text: &str) -> Vec<String> {
        let roots = [("app".to_owned(), "app".to_owned()), ("m".to_owned(), "app.models".to_owned())];
        let source = Source::new(text).unwrap();
        let found = uses(text, &Tables, &outline(&source), &roots, |dots| {
            Some(if dots == 0 { String::new() } else { format!("<{dots}>") })
        });
        found.iter().map(|used| format!("{} {}: {}", used.line, used.package, used.attributes.join("."))).collect()
    }

    macro_rules! finds {
        ($($test:ident: $text:expr => [$($found:expr),*];)*) => {$(
            #[test]
            fn $test() {
                assert_eq!(shown($text), [$($found),*] as [&str; _]);
            }
        )*};
    }

    finds! {
        an_import_is_none: "from app.x import y\nimport app.z\n\napp.q" => ["4 app: q"];
        a_chain: "import app\n\nx = app.models.User()" => ["3 app: models.User"];
        an_alias: "class A(m.User): pass" => ["1 app.models: User"];
        the_package_alone_is_none: "f(app, m)" => [];
        an_attribute_of_another: "self.app.models, x.m.User" => [];
        strings_and_comments_are_none: "'app.x' # app.y\n\"\"\"\nm.z\n\"\"\"\napp.q" => ["5 app: q"];
        several_in_a_line: "app.a + app.b.c(m.d)" => ["1 app: a", "1 app: b.c", "1 app.models: d"];
        imported_by_name: "import_module('app.b')\nimportlib.import_module(\"x\")" => ["1 : app.b", "2 : x"];
        imported_by_relative_name: "import_module('..b', __package__)" => ["1 <2>: b"];
        in_full_width_letters: "f(ｍ.ｍ2)" => ["1 app.models: m2"];
        a_string_is_as_it_stands: "import_module('ｍ.ｍ2')" => ["1 : ｍ.ｍ2"];
        imported_by_what_is_computed: "import_module(name); import_module(f'app.{x}'); import_module('a' 'b')" => ["1 : a"];
    }
}
