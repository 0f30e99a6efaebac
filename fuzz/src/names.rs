//! Module names and the inflector. An input is lines: `stem=attr` is an exact inflection and any other line an acronym, but for the
//! last, which is read as a module name, as a stem and as an attribute.

use pyautoload_wasm::name::{is_identifier, is_keyword, join};
use pyautoload_wasm::{Inflector, ModuleName};

use crate::random::Random;

/// # Panics
/// Where a name is taken that Python cannot import, or a stem has an attribute that it cannot write.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (settings, name) = text.rsplit_once('\n').unwrap_or(("", text));
    module_name(name);
    let mut inflector = Inflector::default();
    for line in settings.split('\n') {
        if let Some((stem, attr)) = line.split_once('=') {
            if inflector.inflect(stem, attr).is_ok() {
                assert_eq!(inflector.camelize(stem).as_deref(), Some(attr));
                assert_eq!(inflector.camelize(&inflector.underscore(attr)).as_deref(), Some(attr));
            }
        } else {
            let _ = inflector.acronym(line);
        }
    }
    if let Some(attr) = inflector.camelize(name) {
        assert!(is_importable(&attr), "{name:?} is expected to define {attr:?}");
    }
    let _ = inflector.underscore(name);
}

fn is_importable(word: &str) -> bool {
    is_identifier(word) && !is_keyword(word)
}

fn module_name(text: &str) {
    match ModuleName::new(text) {
        Ok(name) => {
            assert!(text.split('.').all(is_importable), "{text:?}");
            assert_eq!(name.to_string(), text);
            assert_eq!(join(name.parent().unwrap_or_default(), name.stem()), text);
            let json = serde_json::to_string(&name).unwrap();
            assert_eq!(serde_json::from_str::<ModuleName>(&json).unwrap(), name);
        }
        Err(error) => {
            assert!(!text.split('.').all(is_importable), "{text:?}: {error}");
            assert!(error.message.contains(text), "{error}");
        }
    }
}

const PARTS: &[&str] = &[
    "user",
    "_",
    "__",
    "None",
    "class",
    "match",
    "html",
    "API",
    "api",
    "v2",
    "2",
    "é",
    "größe",
    "ﬁ",
    "ß",
    "ŉ",
    "İ",
    "ª",
    "१",
    "क्ष",
    "𝔘",
    "\u{301}",
    "\u{200d}",
    ".",
    ".",
    "_",
    "=",
    "\n",
    " ",
    "-",
    "HTTPServer",
    "x1y2",
];

/// Parts of names in any order.
pub fn generate(random: &mut Random) -> Vec<u8> {
    let mut bytes = random.phrases(PARTS, 12).into_bytes();
    random.damage(&mut bytes);
    bytes
}
