//! From file names to attribute names and back: `html_parser` ↔ `HtmlParser`, or `HTMLParser` where the user says so.

use std::collections::BTreeMap;

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::error::{Error, Result};
use crate::name::{is_identifier, is_keyword};

/// heck's `UpperCamelCase`, with the user's exact stems and acronyms before it.
///
/// ```
/// use pyautoload_wasm::Inflector;
/// let mut inflector = Inflector::default();
/// inflector.inflect("html_parser", "HTMLParser")?;
/// inflector.acronym("API")?;
/// assert_eq!(inflector.camelize("html_parser").as_deref(), Some("HTMLParser"));
/// assert_eq!(inflector.camelize("users_api").as_deref(), Some("UsersAPI"));
/// assert_eq!(inflector.underscore("UsersAPI"), "users_api");
/// assert!(inflector.inflect("order", "not a name").is_err());
/// # Ok::<(), pyautoload_wasm::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Inflector {
    exact: BTreeMap<String, String>,
    /// By their lower case.
    acronyms: BTreeMap<String, String>,
}

impl Inflector {
    /// Sets the attribute name of one stem.
    ///
    /// # Errors
    /// A configuration error if either is not a name that Python can import.
    pub fn inflect(&mut self, stem: &str, attr: &str) -> Result<()> {
        for (word, role) in [(stem, "file name without .py"), (attr, "attribute name")] {
            if !is_identifier(word) || is_keyword(word) {
                return Err(Error::configuration(format!(
                    "inflect({{{stem:?}: {attr:?}}}): {word:?} is no {role} that Python can import; write it like \
                     {{\"html_parser\": \"HTMLParser\"}}"
                )));
            }
        }
        self.exact.insert(stem.to_owned(), attr.to_owned());
        Ok(())
    }

    /// Sets how a word between underscores is written, everywhere: `API`, `GraphQL`.
    ///
    /// # Errors
    /// A configuration error if it is not one word of letters and digits.
    pub fn acronym(&mut self, word: &str) -> Result<()> {
        if word.is_empty() || !word.chars().all(is_in_word) {
            return Err(Error::configuration(format!(
                "acronym({word:?}): not one word of letters and digits; write it like \"API\""
            )));
        }
        self.acronyms.insert(word.to_lowercase(), word.to_owned());
        Ok(())
    }

    /// The attribute that the file of a stem is expected to define; none where it would be no name (`_`, `none`).
    #[must_use]
    pub fn camelize(&self, stem: &str) -> Option<String> {
        if let Some(attr) = self.exact.get(stem) {
            return Some(attr.clone());
        }
        let mut attr = String::with_capacity(stem.len());
        for segment in stem.split('_').filter(|segment| !segment.is_empty()) {
            match self.acronyms.get(&segment.to_lowercase()) {
                Some(acronym) => attr.push_str(acronym),
                None if is_plain(segment) || has_signs(segment) => capitalize(segment, &mut attr),
                None => attr.push_str(&segment.to_upper_camel_case()),
            }
        }
        (is_identifier(&attr) && !is_keyword(&attr)).then_some(attr)
    }

    /// The stem whose file is expected to define an attribute.
    #[must_use]
    pub fn underscore(&self, attr: &str) -> String {
        if let Some((stem, _)) = self.exact.iter().find(|(_, exact)| *exact == attr) {
            return stem.clone();
        }
        let mut words: Vec<String> = Vec::new();
        let mut plain = String::new();
        let mut rest = attr;
        while let Some(next) = rest.chars().next() {
            if let Some(acronym) = self.acronym_at(rest) {
                words.extend((!plain.is_empty()).then(|| snake(&plain)));
                plain.clear();
                words.push(acronym.to_lowercase());
                rest = rest.strip_prefix(acronym).unwrap_or_default();
            } else {
                plain.push(next);
                rest = rest.strip_prefix(next).unwrap_or_default();
            }
        }
        words.extend((!plain.is_empty()).then(|| snake(&plain)));
        words.join("_")
    }

    /// The longest acronym that a word starts with, if a new word follows it.
    fn acronym_at(&self, text: &str) -> Option<&str> {
        self.acronyms
            .values()
            .filter(|acronym| {
                text.strip_prefix(acronym.as_str())
                    .is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_lowercase()))
            })
            .max_by_key(|acronym| acronym.len())
            .map(String::as_str)
    }
}

/// Whether heck would only raise the first letter. It spares the common stem heck's search for word boundaries.
fn is_plain(segment: &str) -> bool {
    segment.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Whether a character is part of a word: a letter, a digit, or a sign that belongs to the letter before it, such as a vowel in Hindi.
fn is_in_word(c: char) -> bool {
    c != '_' && (c.is_alphanumeric() || unicode_ident::is_xid_continue(c))
}

/// Whether a text has signs that are part of a word and no letters, which heck takes for the ends of words.
fn has_signs(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| is_in_word(c) && !c.is_alphanumeric())
}

fn capitalize(segment: &str, into: &mut String) {
    let mut chars = segment.chars();
    into.extend(chars.next().into_iter().flat_map(char::to_uppercase));
    into.push_str(chars.as_str());
}

/// heck's `snake_case`; of a text with signs, an underscore before each capital that follows another letter.
fn snake(text: &str) -> String {
    if !has_signs(text) {
        return text.to_snake_case();
    }
    let mut snake = String::with_capacity(text.len());
    let mut follows_small = false;
    for c in text.chars() {
        if c.is_uppercase() && follows_small {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
        if c.is_alphanumeric() || c == '_' {
            follows_small = c != '_' && !c.is_uppercase();
        }
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inflector() -> Inflector {
        let mut inflector = Inflector::default();
        inflector.inflect("html_parser", "HTMLParser").unwrap();
        inflector.inflect("point_2d", "Point2D").unwrap();
        for word in ["API", "HTML", "GraphQL", "HTMLX"] {
            inflector.acronym(word).unwrap();
        }
        inflector
    }

    macro_rules! camelizes {
        ($($test:ident: $stem:expr => $attr:expr;)*) => {$(
            #[test]
            fn $test() {
                assert_eq!(inflector().camelize($stem).as_deref(), $attr);
            }
        )*};
    }

    camelizes! {
        one_word: "user" => Some("User");
        two_words: "users_controller" => Some("UsersController");
        an_exact_stem: "html_parser" => Some("HTMLParser");
        an_exact_stem_is_whole: "html_parsers" => Some("HTMLParsers");
        an_acronym_at_the_start: "api_client" => Some("APIClient");
        an_acronym_in_the_middle: "my_api_client" => Some("MyAPIClient");
        an_acronym_in_mixed_case: "graphql_type" => Some("GraphQLType");
        a_word_that_starts_like_an_acronym: "apiary" => Some("Apiary");
        digits: "utf8_codec" => Some("Utf8Codec");
        a_digit_after_the_underscore: "v_2" => Some("V2");
        a_private_stem: "_internal" => Some("Internal");
        doubled_underscores: "a__b" => Some("AB");
        camel_already: "myClass" => Some("MyClass");
        capitals_already: "XMLFile" => Some("XmlFile");
        not_ascii: "größe_ändern" => Some("GrößeÄndern");
        signs_of_hindi: "नमस्ते" => Some("नमस्ते");
        signs_of_thai_after_an_underscore: "ราคา_สินค้า" => Some("ราคาสินค้า");
        a_mark_that_composes_with_nothing: "n\u{308}u_x\u{30c}y" => Some("N\u{308}uX\u{30c}y");
        no_capitals: "数据_处理" => Some("数据处理");
        only_underscores: "_" => None;
        only_a_digit: "_1" => None;
        a_keyword: "none" => None;
    }

    macro_rules! underscores {
        ($($test:ident: $attr:expr => $stem:expr;)*) => {$(
            #[test]
            fn $test() {
                assert_eq!(inflector().underscore($attr), $stem);
            }
        )*};
    }

    underscores! {
        back_one_word: "User" => "user";
        back_two_words: "UsersController" => "users_controller";
        back_an_exact_attr: "HTMLParser" => "html_parser";
        back_an_acronym: "APIClient" => "api_client";
        back_two_acronyms: "MyHTMLAPI" => "my_html_api";
        back_the_longest_acronym: "HTMLXFile" => "htmlx_file";
        back_mixed_case: "GraphQLType" => "graphql_type";
        back_unknown_capitals: "XMLFile" => "xml_file";
        back_digits: "Point2D" => "point_2d";
        back_signs_of_hindi: "नमस्ते" => "नमस्ते";
        back_a_mark_that_composes_with_nothing: "N\u{308}uX\u{30c}y" => "n\u{308}u_x\u{30c}y";
        back_capitals_with_a_mark: "X\u{30c}ML" => "x\u{30c}ml";
        back_nothing: "" => "";
    }

    #[test]
    fn both_directions_agree() {
        let inflector = inflector();
        for stem in
            ["user", "users_controller", "html_parser", "api_client", "my_html_api", "graphql", "größe", "हिन्दी"]
        {
            let attr = inflector.camelize(stem).unwrap();
            assert_eq!(inflector.underscore(&attr), stem, "{attr}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_and_nothing_changes() {
        let mut inflector = Inflector::default();
        for (stem, attr, word) in [("a-b", "AB", "a-b"), ("user", "class", "class"), ("user", "", "")] {
            let message = inflector.inflect(stem, attr).unwrap_err().message;
            assert!(message.contains(&format!("{word:?} is no ")), "{message}");
        }
        for word in ["", "A_B", "A B", "A-B"] {
            let message = inflector.acronym(word).unwrap_err().message;
            assert_eq!(
                message,
                format!("acronym({word:?}): not one word of letters and digits; write it like \"API\"")
            );
        }
        assert_eq!(inflector.camelize("user").as_deref(), Some("User"));
    }
}
