"""Writes a program in each encoding that Python and the web have, with names of its letters, into the folder given."""

import sys
from pathlib import Path

# In Shift-JIS and Big5 the second byte of some of these letters is a backslash.
WORDS = {
    "价格 功能": "gbk cp936 gb18030 euc_cn gb2312 utf-8",
    "價格 功": "big5 cp950 big5-hkscs",
    "価格 ソース 表": "shift_jis cp932 SJIS euc-jp iso-2022-jp",
    "가격": "euc_kr cp949 uhc",
    "цена": "cp1251 windows-1251 koi8-r KOI8_U iso8859-5 cp866 mac-cyrillic",
    "größe": "cp1252 cp1250 cp1254 cp1257 latin-1 latin2 iso8859-15 l9 mac-roman iso-8859-9 iso8859_10",
    "τιμή": "cp1253 greek iso8859-7",
    "ราคา": "tis-620 cp874",
    "מחיר": "cp1255 iso-8859-8",
    "سعر": "cp1256 iso-8859-6",
}

for words, encodings in WORDS.items():
    for encoding in encodings.split():
        lines = [f"# -*- coding: {encoding} -*-"]
        for word in words.split():
            lines += [f"import {word}.a", f"from a.{word} import {word} as b, c as {word}_1", f"class {word}_2: pass"]
            lines += [f"{word} = '{word}'", "import d"]
        Path(sys.argv[1], f"{encoding}.py").write_bytes("\n".join(lines).encode(encoding))
