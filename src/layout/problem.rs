//! What is wrong with a layout: findings that a user reads, each with the file, what is wrong and a way out.

use serde::{Deserialize, Serialize};

use crate::ids;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// Another file has the name, and this one is never executed.
    Shadowed,
    /// A name that no import statement can write.
    NotAnIdentifier,
    /// A name that is a keyword of Python.
    Keyword,
    /// A top-level name that would shadow the standard library or an importable distribution.
    ShadowsModule,
    /// An `__init__.py` in a root that stands for no package, or in a collapsed directory.
    InitWithoutName,
    /// A link to a directory above itself.
    LinkLoop,
    /// A link that is not followed where it is reached through another link: information, as its target has a name already.
    RepeatedLink,
    /// A link that leads nowhere.
    BrokenLink,
    /// A directory that may not be listed.
    Unreadable,
    /// A file name that is not Unicode.
    Undecodable,
    /// A source file that cannot be read or decoded.
    UnreadableSource,
    /// A source file that Python cannot parse.
    Syntax,
    /// A file that does not define the attribute that it is expected to, though somebody takes that, or the project is strict.
    Attribute,
    /// Two modules of one namespace that stand for one attribute.
    OneAttribute,
    /// A package without code or modules.
    EmptyPackage,
    /// An import of a managed module that does not exist.
    MissingImport,
    /// Modules that import each other: information, as Python allows it.
    Cycle,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something does not work, or not as intended.
    Problem,
    /// It is only worth knowing.
    Information,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The file or directory that it is about.
    pub path: String,
    /// The module name that it is about, if there is one.
    pub name: Option<String>,
    /// The line that it is about, counted from one, if there is one.
    pub line: Option<u32>,
    /// How much it matters.
    pub severity: Severity,
    /// The file that stands in the way, if there is one.
    pub by: Option<String>,
    /// The whole sentence, for a person.
    pub message: String,
}

/// Problems by path and line.
pub(crate) fn sorted(problems: Vec<Problem>) -> Vec<Problem> {
    ids::sorted(problems, &|a, b| (&a.path, a.line, a.kind, &a.message).cmp(&(&b.path, b.line, b.kind, &b.message)))
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, path: String, message: String) -> Self {
        Self { kind, path, name: None, line: None, severity: Severity::Problem, by: None, message }
    }

    pub(crate) fn shadowed(path: String, name: &str, by: &str) -> Self {
        let message = format!("{path} is never executed: {by} is '{name}' already; rename or remove one of them");
        Self { name: Some(name.to_owned()), by: Some(by.to_owned()), ..Self::new(ProblemKind::Shadowed, path, message) }
    }

    pub(crate) fn not_an_identifier(path: String, stem: &str) -> Self {
        let message = format!(
            "{path} cannot be imported: '{stem}' is no name in Python; rename it with letters, digits and underscores, or \
             ignore it"
        );
        Self::new(ProblemKind::NotAnIdentifier, path, message)
    }

    /// A name that is an identifier, but not as Python has it once it is parsed: `name` is the dotted name that an import asks for.
    pub(crate) fn not_normal(path: String, stem: &str, name: &str) -> Self {
        let normal = crate::name::stem(name);
        let is_decomposed = normal.chars().count() < stem.chars().count();
        let (letters, wanted) = if is_decomposed { ("decomposed", "composed") } else { ("compatibility", "plain") };
        let suffix = path.strip_suffix(".py").map_or("", |_| ".py");
        // On a screen both names may look alike.
        let spelled = if normal.is_ascii() { String::new() } else { format!(" ({}{suffix})", escaped(normal)) };
        let message = format!(
            "{path} cannot be imported: its name is in {letters} letters, and import statements ask for {wanted} ones (Unicode \
             NFKC); rename it to '{normal}{suffix}'{spelled}"
        );
        Self { name: Some(name.to_owned()), ..Self::new(ProblemKind::NotAnIdentifier, path, message) }
    }

    pub(crate) fn keyword(path: String, stem: &str) -> Self {
        let message =
            format!("{path} cannot be imported: '{stem}' is a keyword of Python; rename it, for example to '{stem}_'");
        Self::new(ProblemKind::Keyword, path, message)
    }

    pub(crate) fn shadows_module(path: String, stem: &str, shadowed: &str) -> Self {
        let message = format!(
            "{path} is not autoloaded: '{stem}' would shadow {shadowed}; rename it, give the root a top level, or pass \
             allow_shadowing=True"
        );
        Self { name: Some(stem.to_owned()), ..Self::new(ProblemKind::ShadowsModule, path, message) }
    }

    pub(crate) fn init_without_name(path: String) -> Self {
        let message = format!(
            "{path} is never executed: its folder is a root of top-level modules and stands for no package; pass top_level, \
             or remove the file"
        );
        Self::new(ProblemKind::InitWithoutName, path, message)
    }

    pub(crate) fn init_in_collapsed(path: String) -> Self {
        let message = format!(
            "{path} is never executed: its folder is collapsed, and so no package; move its code to the folder above, or \
             remove the file"
        );
        Self::new(ProblemKind::InitWithoutName, path, message)
    }

    pub(crate) fn link_loop(path: String, to: &str) -> Self {
        let message = format!("{path} is not entered: the link leads back to {to}, around it; remove it, or ignore it");
        Self::new(ProblemKind::LinkLoop, path, message)
    }

    pub(crate) fn repeated_link(path: String, to: &str) -> Self {
        let message = format!(
            "{path} is not followed where its folder is reached through another link: it leads to {to}, whose modules have a name \
             already; import them by that name"
        );
        Self { severity: Severity::Information, ..Self::new(ProblemKind::RepeatedLink, path, message) }
    }

    pub(crate) fn broken_link(path: String) -> Self {
        let message = format!("{path} is a link that leads nowhere; remove it, or put its target back");
        Self::new(ProblemKind::BrokenLink, path, message)
    }

    pub(crate) fn unreadable(path: String, reason: &str) -> Self {
        let message =
            format!("{path} is left out, as it cannot be read ({reason}); change its permissions, or ignore it");
        Self::new(ProblemKind::Unreadable, path, message)
    }

    pub(crate) fn undecodable(path: String) -> Self {
        let message = format!("{path} is left out: its name is not Unicode; rename it");
        Self::new(ProblemKind::Undecodable, path, message)
    }

    pub(crate) fn unreadable_source(path: String, reason: &str) -> Self {
        let message = format!("{path} cannot be read as Python ({reason}); fix it, or ignore it");
        Self::new(ProblemKind::UnreadableSource, path, message)
    }

    pub(crate) fn syntax(path: String, line: u32, fault: &str) -> Self {
        let message = format!("{path}:{line}: {fault}; correct it, or the file cannot be imported");
        Self { line: Some(line), ..Self::new(ProblemKind::Syntax, path, message) }
    }

    /// `taker` is the path and the line that take the attribute; without one the attribute is expected as the file has that name.
    pub(crate) fn attribute(
        path: String,
        name: &str,
        attr: &str,
        near: Option<&str>,
        taker: Option<(&str, u32)>,
    ) -> Self {
        let stem = name.rsplit_once('.').map_or(name, |(_, stem)| stem);
        let way = match near {
            Some(near) => {
                format!("it has '{near}': rename that, rename the file, or call inflect({{\"{stem}\": \"{near}\"}})")
            }
            None => format!("define it, or import names from {name} itself"),
        };
        let who = taker.map_or_else(
            || "which its name stands for".to_owned(),
            |(path, line)| format!("which {path}:{line} takes from it"),
        );
        let message = format!("{path} does not define '{attr}', {who}; {way}");
        Self { name: Some(name.to_owned()), ..Self::new(ProblemKind::Attribute, path, message) }
    }

    pub(crate) fn one_attribute(path: String, name: &str, first: &str, attr: &str) -> Self {
        let message = format!(
            "{path} stands for '{attr}', and so does {first}, which has it; rename one of them, or call inflect() for it"
        );
        let by = Some(first.to_owned());
        Self { name: Some(name.to_owned()), by, ..Self::new(ProblemKind::OneAttribute, path, message) }
    }

    pub(crate) fn empty_package(path: String, name: &str) -> Self {
        let message = format!("{path}: the package '{name}' has no module; add one, or remove its folder");
        Self {
            name: Some(name.to_owned()),
            severity: Severity::Information,
            ..Self::new(ProblemKind::EmptyPackage, path, message)
        }
    }

    pub(crate) fn missing_import(path: String, line: u32, name: &str, near: Option<String>) -> Self {
        let way = near.map_or_else(
            || "create the file, or correct the import".to_owned(),
            |near| format!("did you mean '{near}'?"),
        );
        let message = format!("{path}:{line}: there is no module '{name}'; {way}");
        Self { name: Some(name.to_owned()), line: Some(line), ..Self::new(ProblemKind::MissingImport, path, message) }
    }

    /// An import of a module whose file has a name that no import statement can write.
    pub(crate) fn unnameable_import(path: String, line: u32, name: &str, because: &str) -> Self {
        let message = format!("{path}:{line}: there is no module '{name}'; {because}");
        Self { name: Some(name.to_owned()), line: Some(line), ..Self::new(ProblemKind::MissingImport, path, message) }
    }

    pub(crate) fn beyond_top(path: String, line: u32, name: &str, level: u32) -> Self {
        let message =
            format!("{path}:{line}: {level} dots lead out of the top-level package of {name}; take some away");
        Self { line: Some(line), ..Self::new(ProblemKind::MissingImport, path, message) }
    }
}

/// A name with its letters beyond ASCII as Python escapes them in a string.
fn escaped(name: &str) -> String {
    let escape = |c: char| match u32::from(c) {
        ..0x80 => c.to_string(),
        code @ ..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    name.chars().map(escape).collect()
}
