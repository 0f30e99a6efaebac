"""The documents' Python is Python, and what they call exists."""

import ast
import re
from pathlib import Path

import pyautoload_wasm
import pytest
from pyautoload_wasm import AutoLoader

TOP = Path(__file__).resolve().parents[2]
BLOCKS = [
    (file.name, block)
    for file in [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
    for block in re.findall(r"^```python\n(.*?)^```", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize(("file", "block"), BLOCKS, ids=[f"{file}-{number}" for number, (file, _) in enumerate(BLOCKS)])
def test_every_call_of_a_loader_exists(file, block):
    for node in ast.walk(ast.parse(block)):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("loader", "AutoLoader")
        ):
            assert hasattr(AutoLoader, node.attr), node.attr
        if isinstance(node, ast.ImportFrom) and node.module == "pyautoload_wasm":
            assert all(hasattr(pyautoload_wasm, alias.name) for alias in node.names)


def test_every_link_leads_somewhere():
    # README's are written out, as the indexes of packages show it, too.
    ours = "https://github.com/pyautoload/pyautoload_wasm/blob/main/"
    for file in [TOP / "README.md", *(TOP / "docs").glob("*.md")]:
        text = file.read_text(encoding="utf-8")
        links = [(file.parent, target) for target in re.findall(r"\]\(([^):#]+)\)", text)]
        links += [(TOP, target) for target in re.findall(rf"\]\({re.escape(ours)}([^)#]+)\)", text)]
        assert links or file.name != "README.md"
        for folder, target in links:
            assert (folder / target).exists(), (file.name, target)
