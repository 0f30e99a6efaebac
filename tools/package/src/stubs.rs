//! Python's view of the engine's protocol: the answers as `TypedDict`s, and a call signature for each request. By it a type checker knows
//! what the facade asks and is answered; nothing of it is there at run time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result, anyhow, bail};
use serde_reflection::{ContainerFormat, Format, Named, Registry, VariantFormat};

/// The enums that say what can be asked and what is answered; both name their variants like the requests.
const REQUEST: &str = "Request";
const ANSWERS: &str = "Answers";

const HEAD: &str = "\
\"\"\"What the engine can be asked, and what it answers. Generated from src/protocol/ by `cargo run -p package -- answers`.\"\"\"

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypedDict, overload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
";

const ASK: &str = "
class Ask(Protocol):
    \"\"\"Puts a request to the engine, and returns the answer.\"\"\"

";

/// The text of the Python module.
pub fn module(types: &Registry) -> Result<String> {
    let [requests, answers] = [variants(types, REQUEST)?, variants(types, ANSWERS)?];
    let mut classes = String::new();
    let mut aliases = String::new();
    let arguments = arguments_in_common(requests);
    let is_apart = |name: &String| name == REQUEST || name == ANSWERS || arguments.contains(name.as_str());
    for (name, container) in types.iter().filter(|(name, _)| !is_apart(name)) {
        match container {
            ContainerFormat::Struct(fields) => class(&mut classes, name, fields)?,
            ContainerFormat::Enum(variants) => alias(&mut aliases, name, &union(&mut classes, name, variants)?)?,
            ContainerFormat::NewTypeStruct(inner) => alias(&mut aliases, name, &of(inner)?)?,
            ContainerFormat::TupleStruct(parts) => alias(&mut aliases, name, &tuple(parts)?)?,
            ContainerFormat::UnitStruct => bail!("{name} has nothing in it"),
        }
    }
    let mut ask = String::from(ASK);
    for request in requests.values() {
        let arguments = arguments_of(types, &request.value)?;
        let answers = answers.values();
        let answer = answers.filter(|answer| answer.name == request.name).map(|answer| content(&answer.value)).next();
        let answer = answer.with_context(|| format!("{} has no answer", request.name))??;
        signature(&mut ask, &request.name, &arguments, &answer)?;
    }
    Ok(format!("{HEAD}\n{aliases}\n{classes}{ask}"))
}

/// The structs of arguments that several requests have: Python passes each argument by itself.
fn arguments_in_common(requests: &BTreeMap<u32, Named<VariantFormat>>) -> BTreeSet<String> {
    let contents = requests.values().filter_map(|request| match &request.value {
        VariantFormat::NewType(inner) => Some((**inner).clone()),
        _ => None,
    });
    contents.filter_map(|inner| if let Format::TypeName(name) = inner { Some(name) } else { None }).collect()
}

fn variants<'a>(types: &'a Registry, name: &str) -> Result<&'a BTreeMap<u32, Named<VariantFormat>>> {
    match types.get(name) {
        Some(ContainerFormat::Enum(variants)) => Ok(variants),
        _ => Err(anyhow!("there is no enum {name}")),
    }
}

fn class(classes: &mut String, name: &str, fields: &[Named<Format>]) -> Result<()> {
    writeln!(classes, "\nclass {name}(TypedDict):")?;
    for field in fields {
        writeln!(classes, "    {}: {}", field.name, of(&field.value)?)?;
    }
    writeln!(classes)?;
    Ok(())
}

fn alias(aliases: &mut String, name: &str, meaning: &str) -> Result<()> {
    let line = format!("{name}: TypeAlias = {meaning}");
    if line.len() <= LINE {
        writeln!(aliases, "{line}")?;
    } else {
        let (open, words) = line.split_once('[').context("only a list of words is so long")?;
        let words = words.trim_end_matches(']').replace(", ", ",\n    ");
        writeln!(aliases, "{open}[\n    {words},\n]")?;
    }
    Ok(())
}

/// As ruff's formatter has it.
const LINE: usize = 120;

/// An enum: words, and objects of one key.
fn union(classes: &mut String, name: &str, variants: &BTreeMap<u32, Named<VariantFormat>>) -> Result<String> {
    let is_word = |variant: &&Named<VariantFormat>| variant.value == VariantFormat::Unit;
    let words: Vec<String> = variants.values().filter(is_word).map(|variant| variant.name.clone()).collect();
    let mut parts = Vec::new();
    for variant in variants.values().filter(|variant| !is_word(variant)) {
        let part = format!("{name}{}", capitalized(&variant.name));
        let inner = match &variant.value {
            VariantFormat::Struct(fields) => {
                let inner = format!("{part}Content");
                class(classes, &inner, fields)?;
                inner
            }
            value => content(value)?,
        };
        writeln!(classes, "\nclass {part}(TypedDict):\n    {}: {inner}\n", variant.name)?;
        parts.push(part);
    }
    if parts.is_empty() {
        let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
        return Ok(format!("Literal[{}]", words.join(", ")));
    }
    parts.extend(words.iter().map(|word| format!("Literal['{word}']")));
    // In quotes, as the classes come after it.
    Ok(format!("\"{}\"", parts.join(" | ")))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The arguments of a request, each with its type.
fn arguments_of(types: &Registry, request: &VariantFormat) -> Result<Vec<String>> {
    let fields = match request {
        VariantFormat::Unit => &Vec::new(),
        VariantFormat::Struct(fields) => fields,
        VariantFormat::NewType(inner) => match &**inner {
            Format::TypeName(name) => match types.get(name) {
                Some(ContainerFormat::Struct(fields)) => fields,
                _ => bail!("{name} is no struct"),
            },
            _ => bail!("an argument without a name"),
        },
        _ => bail!("arguments without names"),
    };
    fields.iter().map(|field| Ok(format!("{}: {}", field.name, taken(types, &field.value)?))).collect()
}

fn signature(text: &mut String, request: &str, arguments: &[String], answer: &str) -> Result<()> {
    let mut parts = vec!["self".to_owned(), format!("request: Literal[\"{request}\"]"), "/".to_owned()];
    if !arguments.is_empty() {
        parts.push("*".to_owned());
        parts.extend_from_slice(arguments);
    }
    let in_line = parts.join(", ");
    let parts = match in_line.len() {
        length if length + "    def __call__() -> : ...".len() + answer.len() <= LINE => in_line,
        length if length + "        ".len() <= LINE => format!("\n        {in_line}\n    "),
        _ => format!("\n        {},\n    ", parts.join(",\n        ")),
    };
    writeln!(text, "    @overload\n    def __call__({parts}) -> {answer}: ...")?;
    Ok(())
}

/// The type of what is handed over: any sequence or mapping, and a tuple for the fields of a struct.
fn taken(types: &Registry, format: &Format) -> Result<String> {
    Ok(match format {
        Format::Option(inner) => format!("{} | None", taken(types, inner)?),
        Format::Seq(inner) => format!("Sequence[{}]", taken(types, inner)?),
        Format::Map { value, .. } => format!("Mapping[str, {}]", taken(types, value)?),
        Format::TypeName(name) => match types.get(name) {
            Some(ContainerFormat::Struct(fields)) => {
                let fields: Vec<Format> = fields.iter().map(|field| field.value.clone()).collect();
                format!("{name} | {}", tuple(&fields)?)
            }
            _ => name.clone(),
        },
        _ => of(format)?,
    })
}

fn content(value: &VariantFormat) -> Result<String> {
    match value {
        VariantFormat::Unit => Ok("None".into()),
        VariantFormat::NewType(inner) => of(inner),
        VariantFormat::Tuple(parts) => tuple(parts),
        VariantFormat::Struct(_) | VariantFormat::Variable(_) => Err(anyhow!("no type of Python's for this")),
    }
}

fn of(format: &Format) -> Result<String> {
    Ok(match format {
        Format::TypeName(name) => name.clone(),
        Format::Unit => "None".into(),
        Format::Bool => "bool".into(),
        Format::Str | Format::Char => "str".into(),
        Format::F32 | Format::F64 => "float".into(),
        Format::I8 | Format::I16 | Format::I32 | Format::I64 | Format::U8 | Format::U16 | Format::U32 | Format::U64 => {
            "int".into()
        }
        Format::Option(inner) => format!("{} | None", of(inner)?),
        Format::Seq(inner) => format!("list[{}]", of(inner)?),
        Format::Map { value, .. } => format!("dict[str, {}]", of(value)?),
        Format::Tuple(parts) => tuple(parts)?,
        Format::TupleArray { content, size } => tuple(&vec![(**content).clone(); *size])?,
        _ => return Err(anyhow!("no type of Python's for {format:?}")),
    })
}

/// JSON has no tuples: what is answered is a list, and is declared as what it is read as.
fn tuple(parts: &[Format]) -> Result<String> {
    Ok(format!("tuple[{}]", parts.iter().map(of).collect::<Result<Vec<_>>>()?.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{files, traced};
    use std::path::Path;

    #[test]
    fn the_module_in_the_python_package_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python/pyautoload_wasm/_base/answers.py");
        let current = module(&traced::python().unwrap()).unwrap();
        assert!(files::read_text(&path).unwrap() == current, "run `cargo run -p package -- answers`");
    }
}
