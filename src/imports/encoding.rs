//! Encodings by the names that sources declare them with.

/// How the bytes of a source become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    /// One that the host may have a table of.
    Other {
        /// The name that hosts know it by, where they do.
        label: Option<&'static str>,
        /// Whether bytes below 0x80 mean ASCII in it, also as the second byte of a pair.
        extends_ascii: bool,
    },
}

const UTF_8: &str = "utf-8";
const ASCII: &str = "us-ascii";
const LATIN_1: &str = "iso-8859-1";

/// Labels, each with the names and aliases that Python's codecs have for the encoding, without case and separators. For all but the first three
/// they are the web's, which stand for what Python decodes, or for more: in no letters that a name can have is there a difference.
const LABELS: [(&str, &str); 37] = [
    (UTF_8, "utf8 u8 utf cp65001 utf8sig utf8unix utf8dos utf8mac"),
    (ASCII, "ascii usascii us 646 iso646us cp367 ibm367"),
    (LATIN_1, "latin1 latin l1 iso88591 isolatin1 iso8859 8859 cp819 ibm819 iso88591unix latin1unix isolatin1unix"),
    ("gbk", "gbk 936 cp936 ms936 gb2312 gb23121980 euccn eucgb2312cn chinese csiso58gb231280 isoir58"),
    ("gb18030", "gb18030 gb180302000"),
    ("big5", "big5 big5tw csbig5 950 cp950 ms950 big5hkscs hkscs"),
    ("shift_jis", "shiftjis sjis csshiftjis 932 cp932 ms932 mskanji windows31j"),
    ("euc-jp", "eucjp ujis"),
    ("iso-2022-jp", "iso2022jp csiso2022jp"),
    ("euc-kr", "euckr korean ksc5601 ksc56011987 ksx1001 949 cp949 ms949 uhc"),
    ("koi8-r", "koi8r cskoi8r"),
    ("koi8-u", "koi8u"),
    ("ibm866", "866 cp866 ibm866"),
    ("macintosh", "macroman macintosh"),
    ("x-mac-cyrillic", "maccyrillic"),
    ("windows-874", "cp874 tis620 tis6202529 iso885911 thai"),
    ("windows-1250", "1250 cp1250 windows1250"),
    ("windows-1251", "1251 cp1251 windows1251"),
    ("windows-1252", "1252 cp1252 windows1252"),
    ("windows-1253", "1253 cp1253 windows1253"),
    ("windows-1254", "1254 cp1254 windows1254 iso88599 latin5 l5"),
    ("windows-1255", "1255 cp1255 windows1255"),
    ("windows-1256", "1256 cp1256 windows1256"),
    ("windows-1257", "1257 cp1257 windows1257"),
    ("windows-1258", "1258 cp1258 windows1258"),
    ("iso-8859-2", "iso88592 latin2 l2"),
    ("iso-8859-3", "iso88593 latin3 l3"),
    ("iso-8859-4", "iso88594 latin4 l4"),
    ("iso-8859-5", "iso88595 cyrillic"),
    ("iso-8859-6", "iso88596 arabic"),
    ("iso-8859-7", "iso88597 greek greek8"),
    ("iso-8859-8", "iso88598 hebrew"),
    ("iso-8859-10", "iso885910 latin6 l6"),
    ("iso-8859-13", "iso885913 latin7 l7"),
    ("iso-8859-14", "iso885914 latin8 l8"),
    ("iso-8859-15", "iso885915 latin9 l9"),
    ("iso-8859-16", "iso885916 latin10 l10"),
];

/// The beginnings of names that extend ASCII, among them some that have no label.
const EXTEND_ASCII: [&str; 11] =
    ["iso8859", "latin", "cp125", "windows125", "koi8", "mac", "cp43", "cp85", "cp86", "euc", "tis"];

impl Encoding {
    /// The encoding of a name of Python's, compared without case and separators.
    pub fn named(name: &str) -> Self {
        let name: String =
            name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).take(32).collect();
        let of_it = LABELS.iter().find(|(_, names)| names.split(' ').any(|known| known == name));
        match of_it.map(|(label, _)| *label) {
            Some(UTF_8) => Self::Utf8,
            Some(ASCII) => Self::Ascii,
            Some(LATIN_1) => Self::Latin1,
            label => {
                let extends_ascii = EXTEND_ASCII.iter().any(|prefix| name.starts_with(prefix));
                Self::Other { label, extends_ascii }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_web_s_and_names_stand_for_one_each() {
        let mut names: Vec<&str> = LABELS.iter().flat_map(|(_, names)| names.split(' ')).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for (label, _) in LABELS {
            assert!(encoding_rs::Encoding::for_label(label.as_bytes()).is_some(), "{label}");
        }
    }

    #[test]
    fn names_are_compared_without_case_and_separators() {
        let label = |name: &str| match Encoding::named(name) {
            Encoding::Other { label, .. } => label,
            core => panic!("{core:?}"),
        };
        assert_eq!(
            [label("Shift_JIS"), label("EUC-KR"), label("windows-1251")].map(Option::unwrap),
            ["shift_jis", "euc-kr", "windows-1251"]
        );
        assert_eq!([label(""), label("no-such"), label("cp437")], [None; 3]);
    }
}
