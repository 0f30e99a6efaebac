//! Programs made up from a list of numbers: nested compound statements, strings of all prefixes, continuation lines and
//! comments. Most are accepted by a parser; a shorter list makes a shorter program, so that failures shrink.

/// The program that a list of choices stands for.
pub fn program(choices: &[u8]) -> String {
    let mut writer = Writer { choices: choices.iter(), text: String::new() };
    writer.pick(&["", "", "\u{feff}", "#!/usr/bin/env python\n", "\x0c\n", "'''doc\nimport no\n'''\n"]);
    writer.block("", 0);
    writer.text
}

/// Writes one program. Its statements are here, what they are made of in `phrases`.
pub struct Writer<'a> {
    choices: std::slice::Iter<'a, u8>,
    pub text: String,
}

impl Writer<'_> {
    /// A number below `limit`; 0 when the choices are used up.
    pub fn choose(&mut self, limit: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(*choice) % limit)
    }

    pub fn pick(&mut self, from: &[&str]) {
        let one = from[self.choose(from.len())];
        self.text.push_str(one);
    }

    pub fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub fn blank(&mut self) {
        self.pick(&[" ", " ", " ", "  ", "\t", " \\\n  ", " \x0c"]);
    }

    /// Blanks where brackets allow line ends.
    pub fn space(&mut self) {
        self.pick(&["", "", " ", "\n", " # it's (\n", "\n\n  "]);
    }

    fn line_end(&mut self) {
        self.pick(&[
            "\n",
            "\n",
            "\n",
            "\r\n",
            " # import no\n",
            "  \n",
            "\n\n",
            "\n   # ' \"\"\" (\n",
            ";\n",
            "\n\x0c\n",
        ]);
    }

    fn block(&mut self, indent: &str, depth: usize) {
        for _ in 0..=self.choose(if depth == 0 { 8 } else { 3 }) {
            self.put(indent);
            self.statement(indent, depth);
        }
    }

    /// What follows a header's colon.
    fn suite(&mut self, indent: &str, depth: usize) {
        self.put(":");
        if self.choose(4) == 1 {
            self.pick(&["", " ", " \\\n "]);
            self.simple_line();
            return;
        }
        self.pick(&["\n", " # :\n", "\n\n", "\r\n", "\n# \n"]);
        let step = ["    ", " ", "\t", "  ", "\t    "][self.choose(5)];
        self.block(&format!("{indent}{step}"), depth + 1);
    }

    fn simple_line(&mut self) {
        self.simple();
        while self.choose(6) == 1 {
            self.pick(&["; ", ";", " ; "]);
            self.simple();
        }
        self.line_end();
    }

    fn statement(&mut self, indent: &str, depth: usize) {
        let kind = if depth > 6 { 0 } else { self.choose(22) };
        match kind {
            1..=3 => self.conditional(indent, depth),
            4..=6 => self.attempt(indent, depth),
            7..=9 => self.definition(indent, depth),
            10 => {
                self.pick(&["for ", "async for ", "for\\\n "]);
                self.targets(2);
                self.put(" in ");
                self.expression(2);
                self.suite(indent, depth);
                self.otherwise(indent, depth);
            }
            11 => {
                self.pick(&["while ", "while not "]);
                self.test();
                self.suite(indent, depth);
                self.otherwise(indent, depth);
            }
            12 | 13 => {
                self.pick(&["with ", "async with ", "with "]);
                let bracketed = self.choose(3) == 1;
                self.pick(if bracketed { &["("] } else { &[""] });
                for at in 0..=self.choose(3) {
                    self.pick(if at > 0 { &[", "] } else { &[""] });
                    self.expression(1);
                    if self.choose(2) == 1 {
                        self.put(" as ");
                        self.target(1);
                    }
                }
                self.pick(if bracketed { &[")", ",)"] } else { &[""] });
                self.suite(indent, depth);
            }
            14 => self.matching(indent, depth),
            _ => self.simple_line(),
        }
    }

    fn otherwise(&mut self, indent: &str, depth: usize) {
        if self.choose(4) == 1 {
            self.put(indent);
            self.put("else");
            self.suite(indent, depth);
        }
    }

    fn conditional(&mut self, indent: &str, depth: usize) {
        self.put("if ");
        self.test();
        self.suite(indent, depth);
        while self.choose(4) == 1 {
            self.put(indent);
            self.put("elif ");
            self.test();
            self.suite(indent, depth);
        }
        self.otherwise(indent, depth);
    }

    fn test(&mut self) {
        let close = self.choose(4) == 1;
        self.pick(if close { &["(", "not (", "(not "] } else { &["", "", "not "] });
        self.pick(&[
            "TYPE_CHECKING",
            "typing.TYPE_CHECKING",
            "TYPE_CHECKING and a",
            "a and not b and t . TYPE_CHECKING",
            "TYPE_CHECKING or a",
            "(TYPE_CHECKING)",
            "not TYPE_CHECKING",
            "a and (b or TYPE_CHECKING)",
            "f(TYPE_CHECKING)",
            "(TYPE_CHECKING and a) and b",
        ]);
        if self.choose(3) == 1 {
            self.pick(&[" and ", " or ", " == ", " if "]);
            self.expression(2);
            self.pick(&["", " else a"]);
        }
        self.pick(if close { &[")"] } else { &[""] });
    }

    fn attempt(&mut self, indent: &str, depth: usize) {
        self.put("try");
        self.suite(indent, depth);
        let star = self.choose(6) == 1;
        let handlers = self.choose(3);
        for _ in 0..=handlers {
            self.put(indent);
            self.pick(if star { &["except* ", "except *"] } else { &["except ", "except\t"] });
            self.pick(&[
                "ImportError",
                "ValueError",
                "(ValueError, ImportError)",
                "(a.ModuleNotFoundError)",
                "f(ImportError)",
                "(OSError, (ImportError, a))",
                "(\n Exception,\n)",
                "errors.BaseException",
                "A, ImportError",
            ]);
            self.pick(&["", "", " as e", " as ImportError"]);
            self.suite(indent, depth);
        }
        if !star && self.choose(4) == 1 {
            self.put(indent);
            self.put("except");
            self.suite(indent, depth);
        }
        self.otherwise(indent, depth);
        if self.choose(4) == 1 {
            self.put(indent);
            self.put("finally");
            self.suite(indent, depth);
        }
    }

    fn definition(&mut self, indent: &str, depth: usize) {
        for _ in 0..self.choose(3) {
            self.put("@");
            self.expression(2);
            self.line_end_of_decorator();
            self.put(indent);
        }
        if self.choose(3) == 1 {
            self.put("class ");
            self.pick(&["A", "match", "type", "größe"]);
            self.pick(&["", "()", "(B, metaclass=C)", "[T]", "[T: (int, str)](D)", "((m := object))"]);
        } else {
            self.pick(&["def ", "async def ", "async \\\n def ", "def\t"]);
            self.pick(&["f", "case", "_", "lazy"]);
            self.pick(&[
                "()",
                "(a, /, b=1, *, c: int = 2)",
                "(a: 'x' = (d := 1))",
                "[T](a, **k)",
                "(a=lambda: (e := 1))",
            ]);
            self.pick(&["", "", " -> int", " -> a[1:2]", " -> (lambda: 1)"]);
        }
        self.suite(indent, depth);
    }

    fn line_end_of_decorator(&mut self) {
        self.pick(&["\n", " # @\n", "\n\n", "\n  # x\n"]);
    }

    fn matching(&mut self, indent: &str, depth: usize) {
        self.put("match");
        self.pick(&[" ", " ", "(", " -", " *a, "]);
        let close = self.text.ends_with('(');
        self.expression(2);
        self.pick(if close { &[")"] } else { &[""] });
        self.pick(&[":\n", ": # case\n", ":\n\n"]);
        let inner = format!("{indent}  ");
        for _ in 0..=self.choose(3) {
            self.put(&inner);
            self.put("case ");
            self.pick(&[
                "a",
                "_",
                "1",
                "None",
                "[a, *b]",
                "(a, _)",
                "{'k': v, **rest}",
                "A(b, c=d)",
                "a.b",
                "a, b",
                "1 | 2 as n",
                "str() | (int() as i)",
                "-1j",
                "'x' 'y'",
                "{}",
                "[]",
                "case",
                "(a\n)",
                "{K.x: [y]}",
                "A.B()",
                "*_, z",
                "1",
            ]);
            if self.choose(4) == 1 {
                self.put(" if ");
                self.expression(2);
            }
            self.suite(&inner, depth + 1);
        }
    }
}
