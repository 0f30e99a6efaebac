"""The snippets of docs/hosts.md, which the tests of the hosts run."""

import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
DOCUMENT = (TOP / "docs" / "hosts.md").read_text(encoding="utf-8")


def snippets(heading, language="python"):
    """The snippets of a section that are written in a language."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", DOCUMENT, re.DOTALL | re.MULTILINE)
    assert section, heading
    return re.findall(rf"^```{language}\n(.*?)^```", section.group(1), re.DOTALL | re.MULTILINE)
