"""The cells of docs/notebooks.md, in its order and in one notebook: each shows what the document says."""

import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def test_every_cell_of_the_document_shows_what_it_says(notebook):
    blocks = BLOCK.findall((TOP / "docs/notebooks.md").read_text(encoding="utf-8"))
    kinds = [kind for kind, _, _ in blocks]
    assert kinds.count("ipython") > 6
    assert set(kinds) == {"python", "ipython", "output"}
    shown = None
    for kind, file, text in blocks:
        if kind == "output":
            assert shown == text.rstrip("\n")
            shown = None
            continue
        assert not shown, f"the document does not say that this is shown: {shown}"
        if kind == "python":
            notebook.save(file, text)
        else:
            shown = notebook.cell(text)
    assert not shown


def test_the_recipe_of_the_readme_works(notebook):
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    [recipe] = [text for kind, _, text in BLOCK.findall(readme) if kind == "ipython"]
    notebook({"myapp/models/user.py": "class User:\n    v = 1\n", "myapp/main.py": "from myapp.models import User\n"})
    assert notebook.cell(recipe) == "pyautoload_wasm: myapp is autoloaded from myapp"
    notebook.cell("import myapp.main")
    notebook.save("myapp/models/user.py", "class User:\n    v = 2\n")
    said = re.search(r"`(pyautoload_wasm: reloaded .*?)`", readme)[1]
    assert notebook.cell("User.v") == f"{said}\n2"
