//! What the statements of a made-up program are made of: imports, targets, expressions and strings.

use crate::programs::Writer;

impl Writer<'_> {
    pub fn simple(&mut self) {
        match self.choose(16) {
            0..=5 => self.import(),
            6..=8 => {
                self.targets(2);
                for _ in 0..self.choose(2) {
                    self.pick(&[" = ", "=", " =\\\n "]);
                    self.targets(2);
                }
                self.put(" = ");
                self.expression(3);
            }
            9 => {
                self.target(0);
                self.pick(&[": ", ":"]);
                self.expression(1);
                if self.choose(2) == 1 {
                    self.put(" = ");
                    self.expression(2);
                }
            }
            10 => {
                self.pick(&["a", "a.b", "a[b]", "(a)", "match", "f(a=b).c"]);
                self.pick(&[" += ", " //= ", " @= ", " >>= ", "<<=", " **= ", "-="]);
                self.expression(2);
            }
            11 => self.pick(&[
                "pass",
                "del a, b",
                "global a",
                "type A = int",
                "type B[T: int] = list[T]",
                "type = 1",
                "type(a)",
                "raise a from b",
                "match = 1",
                "match(a, b)",
                "match[a]: int = 2",
                "match.a = 3",
                "case = 4",
                "case(a)",
                "lazy = 5",
                "lazy(a)",
                "_ = 6",
                "type, match = 7",
                "print(a)",
                "type in a",
                "match in a",
                "match * a",
                "match -a",
                "match[a:b]",
            ]),
            12 => {
                self.pick(&["assert ", "return ", "yield ", "await ", "lambda: ", "not "]);
                self.expression(3);
            }
            _ => self.expression(3),
        }
    }

    fn import(&mut self) {
        self.pick(&["", "", "", "", "lazy "]);
        if self.choose(2) == 1 {
            self.put("import");
            self.blank();
            for at in 0..=self.choose(3) {
                self.pick(if at > 0 { &[", ", ",", " , \\\n"] } else { &[""] });
                self.dotted();
                self.alias();
            }
            return;
        }
        self.put("from");
        self.blank();
        self.pick(&["", "", ".", "..", "...", ". ..", "....."]);
        if !self.text.ends_with('.') || self.choose(2) == 1 {
            self.dotted();
        }
        self.blank();
        self.put("import");
        if self.choose(6) == 1 {
            self.pick(&["*", " *", " \\\n*"]);
            return;
        }
        let bracketed = self.choose(2) == 1;
        self.pick(if bracketed { &[" (", "("] } else { &[" ", " \\\n"] });
        for at in 0..=self.choose(3) {
            self.put(if at > 0 { "," } else { "" });
            if bracketed {
                self.space();
            } else {
                self.pick(&["", " "]);
            }
            self.pick(&["x", "User", "match", "größe", "_", "ﬁle", "ｐｒｉｃｅｓ", "cafe\u{301}", "नमस्ते"]);
            self.alias();
            if bracketed {
                self.space();
            }
        }
        self.pick(if bracketed { &[")", ",)", ", # )\n)"] } else { &[""] });
    }

    fn dotted(&mut self) {
        self.pick(&[
            "os",
            "a.b",
            "match.type",
            "a . b",
            "a.\\\n b.c",
            "größe.x",
            "数据.ｘ.cafe\u{301}",
            "lazy",
            "imports",
        ]);
    }

    fn alias(&mut self) {
        self.pick(&["", "", " as y", " as\tcase", " \\\n as z"]);
    }

    pub fn targets(&mut self, depth: usize) {
        for at in 0..=self.choose(2) {
            self.put(if at > 0 { ", " } else { "" });
            self.target(depth);
        }
    }

    pub fn target(&mut self, depth: usize) {
        match self.choose(if depth == 0 { 6 } else { 9 }) {
            6 => self.grouped("(", depth, ")"),
            7 => self.grouped("[", depth, "]"),
            8 => self.grouped("(*", depth, ", z)"),
            _ => self.pick(&[
                "a",
                "b",
                "größe",
                "a.b",
                "a[0]",
                "f(a, b=c).d",
                "(a).b",
                "(c)",
                "match",
                "{a: b}[c]",
                "'s'[a]",
                "x[a:b].c",
            ]),
        }
    }

    fn grouped(&mut self, open: &str, depth: usize, close: &str) {
        self.put(open);
        self.targets(depth - 1);
        self.put(close);
    }

    pub fn expression(&mut self, depth: usize) {
        if depth == 0 {
            return self
                .pick(&["a", "1", "0x1f", "1.5e-3", "None", "...", "a.b", "b''", "()", "[]", "-1j", "importer", "_"]);
        }
        match self.choose(16) {
            1 | 2 => self.string(depth),
            3 => self.around("f(", depth, ", b=c, **d)"),
            4 => self.around("[", depth, " for x in y if z]"),
            5 => self.around("{'k': ", depth, ", **a}"),
            6 => self.around("(n := ", depth, ")"),
            7 => self.around("(lambda a=(m := 1), *b: ", depth, ")"),
            8 => self.around("[lambda: (p := 1), ", depth, "]"),
            9 => self.around("a[b:", depth, ":c]"),
            10 => self.around("(a if ", depth, " else b)"),
            11 => self.around("(yield ", depth, ")"),
            12 => self.around("{a, ", depth, "}"),
            13 => {
                self.expression(depth - 1);
                self.pick(&[" + ", " == ", " <= ", " != ", " and ", " is not ", " >> ", " \\\n* ", " or\\\n"]);
                self.expression(depth - 1);
            }
            14 => self.around("{lambda: (q := 1): ", depth, "}"),
            15 => self.around("(not ", depth, ")"),
            _ => self.expression(0),
        }
    }

    fn around(&mut self, before: &str, depth: usize, after: &str) {
        self.put(before);
        if before.contains(['(', '[', '{']) {
            self.space();
        }
        self.expression(depth - 1);
        self.put(after);
    }

    fn string(&mut self, depth: usize) {
        let prefix = ["", "r", "b", "u", "f", "Rb", "F", "fr", "t", "rT", "BR", "f"][self.choose(12)];
        let quote = ["'", "\"", "'''", "\"\"\""][self.choose(4)];
        let lower = prefix.to_ascii_lowercase();
        self.put(prefix);
        self.put(quote);
        for _ in 0..self.choose(5) {
            match self.choose(12) {
                1 => self.put(if quote.starts_with('\'') { "\"" } else { "'" }),
                2 => {
                    self.put("\\");
                    self.put(quote.get(..1).unwrap());
                }
                3 => self.put("\\\\"),
                4 => self.put("\\\n"),
                5 if quote.len() == 3 => self.pick(&["\nimport no\n", "\n", "\r\n# "]),
                6 => self.put("{{"),
                7 => self.put("}}"),
                8 if !lower.contains(['r', 'b']) => self.put("\\N{DASH}"),
                8 if !lower.contains('b') => self.put("é"),
                9..=11 if lower.contains(['f', 't']) => self.field(depth),
                _ => self.pick(&["a ", "# ", "( ", "]", "import no; ", "def ", ": "]),
            }
        }
        self.put(quote);
        if self.choose(5) == 1 && !lower.contains(['b', 't']) {
            self.pick(&[" 'more'", "f'{a['b']}'", " \\\n r'\\''"]);
        }
    }

    fn field(&mut self, depth: usize) {
        self.put("{");
        self.pick(&[" ", " ", "\n", " # '\n", "( "]);
        let close = self.text.ends_with("( ");
        self.expression(depth - 1);
        self.put(if close { ")" } else { "" });
        self.pick(&["", " ", "=", "!r", " # }\n"]);
        match self.choose(4) {
            1 => self.pick(&[":>10", ":%H:%M", ":=+5", ":", ":{{a}}", ":{a}.{b}"]),
            2 => {
                self.put(":x");
                if depth > 1 {
                    self.field(depth - 1);
                }
            }
            _ => {}
        }
        self.put("}");
    }
}
