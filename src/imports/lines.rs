//! Line numbers and indentation.

/// Counts lines up to a position, from the position asked for last.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    pub fn at(&mut self, pos: usize) -> u32 {
        let ends = |from: usize, to: usize| {
            let span = self.bytes.get(from..to).unwrap_or(b"");
            span.iter().map(|byte| u32::from(*byte == b'\n')).sum::<u32>()
        };
        self.line = if pos >= self.at {
            self.line.saturating_add(ends(self.at, pos))
        } else {
            self.line.saturating_sub(ends(pos, self.at))
        };
        self.at = pos;
        self.line
    }
}

/// The column and the position of a line's first byte that is no blank, as Python counts them: tabs go to multiples of
/// eight, a form feed starts anew, and a backslash carries the column over to the next line.
pub(super) fn indentation(bytes: &[u8], mut pos: usize) -> (usize, usize) {
    let (mut column, mut carried) = (0usize, 0usize);
    loop {
        match bytes.get(pos) {
            Some(b' ') => column += 1,
            Some(b'\t') => column = (column / 8 + 1) * 8,
            Some(b'\x0c') => column = 0,
            Some(b'\\') if bytes.get(pos + 1) == Some(&b'\n') => {
                if carried == 0 {
                    carried = column;
                }
                pos += 1;
            }
            _ => return (if carried == 0 { column } else { carried }, pos),
        }
        pos += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! columns {
        ($($test:ident: $text:expr => $column:expr;)*) => {$(
            #[test]
            fn $test() {
                let text: &str = $text;
                let (column, pos) = indentation(text.as_bytes(), 0);
                assert_eq!((column, text.get(pos..).unwrap()), ($column, "a"));
            }
        )*};
    }

    columns! {
        none: "a" => 0;
        spaces: "  a" => 2;
        tab_goes_to_eight: "\ta" => 8;
        tab_after_spaces: "   \t a" => 9;
        form_feed_starts_anew: "  \x0c a" => 1;
        backslash_carries: "  \\\n    a" => 2;
        backslash_at_the_margin_carries_nothing: "\\\n  a" => 2;
    }

    #[test]
    fn lines_are_counted_forwards_and_backwards() {
        let mut lines = Lines::new(b"a\nb\n\nc");
        assert_eq!([0, 5, 2, 6, 4, 1].map(|pos| lines.at(pos)), [1, 4, 2, 4, 3, 1]);
    }
}
