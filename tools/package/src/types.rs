//! TypeScript's view of Rust's data types, read off their serde implementations: the core's types need no attribute for it,
//! and no second list of fields is kept by hand.
//!
//! What serde writes is what JavaScript sees: an `Option` is `null` when empty, a map is an object, a unit enum is
//! a string. The types alone do not tell a default or a skipped field, so the core uses neither.

use std::fmt::Write;

use anyhow::{Result, anyhow};
use serde_reflection::{ContainerFormat, Format, Named, Registry, VariantFormat};

/// What stands before the declarations. A user's TypeScript has `Symbol.dispose` only if its `lib` names it; to declare it twice is no error.
const HEAD: &str = "// Generated from the data types of the Rust core.

declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}
";

/// The types that users write themselves: what may be empty in them may be left out.
const WRITTEN_BY_USERS: [&str; 1] = ["FileEvent"];

/// The enum that says what the engine answers: its variants are named like the requests, and here it is a map of them.
const ANSWERS: &str = "Answers";

/// The text of the `.d.ts` file.
pub fn declarations(types: &Registry) -> Result<String> {
    let mut text = String::from(HEAD);
    for (name, container) in types {
        text.push('\n');
        match container {
            ContainerFormat::Enum(variants) if name == ANSWERS => {
                writeln!(text, "export interface {name} {{")?;
                for variant in variants.values() {
                    writeln!(text, "  {}: {};", key(&variant.name), content(variant)?)?;
                }
                writeln!(text, "}}")?;
            }
            _ => declare(&mut text, name, container)?,
        }
    }
    Ok(text)
}

fn declare(text: &mut String, name: &str, container: &ContainerFormat) -> Result<()> {
    match container {
        ContainerFormat::Struct(fields) => {
            writeln!(text, "export interface {name} {{")?;
            for field in fields {
                let is_optional = WRITTEN_BY_USERS.contains(&name) && matches!(field.value, Format::Option(_));
                let (mark, undefined) = if is_optional { ("?", " | undefined") } else { ("", "") };
                writeln!(text, "  {}{mark}: {}{undefined};", key(&field.name), of(&field.value)?)?;
            }
            writeln!(text, "}}")?;
        }
        ContainerFormat::Enum(variants) => {
            let variants: Vec<String> = variants.values().map(variant).collect::<Result<_>>()?;
            writeln!(text, "export type {name} = {};", variants.join(" | "))?;
        }
        ContainerFormat::NewTypeStruct(inner) => writeln!(text, "export type {name} = {};", of(inner)?)?,
        ContainerFormat::TupleStruct(parts) => writeln!(text, "export type {name} = {};", tuple(parts)?)?,
        ContainerFormat::UnitStruct => writeln!(text, "export type {name} = null;")?,
    }
    Ok(())
}

fn variant(variant: &Named<VariantFormat>) -> Result<String> {
    if variant.value == VariantFormat::Unit {
        return Ok(quoted(&variant.name));
    }
    Ok(format!("{{ {}: {} }}", key(&variant.name), content(variant)?))
}

fn content(variant: &Named<VariantFormat>) -> Result<String> {
    match &variant.value {
        VariantFormat::Unit => Ok("null".into()),
        VariantFormat::NewType(inner) => of(inner),
        VariantFormat::Tuple(parts) => tuple(parts),
        VariantFormat::Struct(fields) => object(fields),
        VariantFormat::Variable(_) => Err(anyhow!("nothing is known about the variant {}", variant.name)),
    }
}

fn of(format: &Format) -> Result<String> {
    Ok(match format {
        Format::TypeName(name) => name.clone(),
        Format::Unit => "null".into(),
        Format::Bool => "boolean".into(),
        Format::Str | Format::Char => "string".into(),
        Format::Bytes => "Uint8Array".into(),
        Format::I8 | Format::I16 | Format::I32 | Format::I64 | Format::U8 | Format::U16 | Format::U32 => {
            "number".into()
        }
        Format::U64 | Format::F32 | Format::F64 => "number".into(),
        Format::I128 | Format::U128 => return Err(anyhow!("JavaScript's numbers do not hold 128 bits")),
        Format::Option(inner) => format!("{} | null", of(inner)?),
        Format::Seq(inner) => array(inner)?,
        Format::Map { value, .. } => format!("Record<string, {}>", of(value)?),
        Format::Tuple(parts) => tuple(parts)?,
        Format::TupleArray { content, size } => tuple(&vec![(**content).clone(); *size])?,
        Format::Variable(_) => return Err(anyhow!("a field's type stayed unknown")),
    })
}

fn array(inner: &Format) -> Result<String> {
    let inner_text = of(inner)?;
    let is_union = matches!(inner, Format::Option(_));
    Ok(if is_union { format!("({inner_text})[]") } else { format!("{inner_text}[]") })
}

fn tuple(parts: &[Format]) -> Result<String> {
    let parts: Vec<String> = parts.iter().map(of).collect::<Result<_>>()?;
    Ok(format!("[{}]", parts.join(", ")))
}

fn object(fields: &[Named<Format>]) -> Result<String> {
    let fields: Vec<String> =
        fields.iter().map(|field| Ok(format!("{}: {}", key(&field.name), of(&field.value)?))).collect::<Result<_>>()?;
    Ok(format!("{{ {} }}", fields.join("; ")))
}

/// A property's name, in quotes where JavaScript wants them.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    if name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) && !name.is_empty() {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn quoted(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::traced::Types;

    fn declared<T: for<'de> Deserialize<'de>>() -> String {
        let mut types = Types::new();
        types.add::<T>().unwrap();
        declarations(&types.finish().unwrap()).unwrap()
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Color {
        DeepRed,
        Green,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only the type is looked at")]
    struct Name(String);

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only the type is looked at")]
    struct Everything {
        is_old: bool,
        line: u32,
        seconds: f64,
        name: Name,
        parent: Option<Name>,
        lines: Vec<u32>,
        holes: Vec<Option<u32>>,
        by_name: BTreeMap<String, Vec<Name>>,
        pair: (String, u32),
        #[serde(rename = "a-b")]
        dashed: Option<Vec<u32>>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only the type is looked at")]
    enum Change {
        Nothing,
        Moved { from: String, to: String },
        Made(String),
        Both(u32, u32),
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only the type is looked at")]
    struct Checked {
        inner: NotEmpty,
        change: Color,
    }

    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct NotEmpty;

    impl TryFrom<String> for NotEmpty {
        type Error = String;

        fn try_from(text: String) -> Result<Self, String> {
            if text.is_empty() { Err("empty".into()) } else { Ok(Self) }
        }
    }

    #[test]
    fn a_unit_enum_is_a_union_of_strings() {
        assert!(declared::<Color>().ends_with("\nexport type Color = \"deep-red\" | \"green\";\n"));
    }

    #[test]
    fn a_struct_is_an_interface_of_what_serde_writes() {
        let expected = r#"
export interface Everything {
  isOld: boolean;
  line: number;
  seconds: number;
  name: Name;
  parent: Name | null;
  lines: number[];
  holes: (number | null)[];
  byName: Record<string, Name[]>;
  pair: [string, number];
  "a-b": number[] | null;
}

export type Name = string;
"#;
        let text = declared::<Everything>();
        assert!(text.ends_with(expected), "{text}");
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only the type is looked at")]
    struct FileEvent {
        path: String,
        to: Option<String>,
    }

    #[test]
    fn what_may_be_empty_may_be_left_out_where_users_write_it() {
        let text = declared::<FileEvent>();
        assert!(text.ends_with("{\n  path: string;\n  to?: string | null | undefined;\n}\n"), "{text}");
    }

    #[test]
    fn a_variant_with_content_is_an_object_of_one_key() {
        let expected = "export type Change = \"nothing\" | { moved: { from: string; to: string } } | \
                        { made: string } | { both: [number, number] };\n";
        let text = declared::<Change>();
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn an_enum_in_a_field_has_to_be_listed_by_itself() {
        let mut types = Types::new();
        types.add::<Checked>().unwrap();
        let error = types.finish().unwrap_err().to_string();
        assert!(error.ends_with("list each enum in traced.rs"), "{error}");
    }

    #[test]
    fn a_text_that_checks_itself_is_a_string() {
        let mut types = Types::new();
        types.add::<Color>().unwrap();
        types.add::<Checked>().unwrap();
        let text = declarations(&types.finish().unwrap()).unwrap();
        assert!(text.contains("export interface Checked {\n  inner: string;\n  change: Color;\n}"), "{text}");
    }
}
