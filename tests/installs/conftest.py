"""What the tests of installing share: the index, README's examples, and the table of docs/installing.md."""

import re
from pathlib import Path

import index
import pytest

TOP = Path(__file__).resolve().parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
TABLE = TOP / "docs" / "installing.md"
START, END = "<!-- installs: written by make test-installs -->", "<!-- end -->"

ROWS = pytest.StashKey[list[tuple[str, str, str]]]()


def pytest_addoption(parser):
    parser.addoption("--write-table", action="store_true", help="write docs/installing.md's table")


def pytest_configure(config):
    config.stash[ROWS] = []


@pytest.fixture
def row(request):
    """Notes a row of the table: what installs, where it runs, and what README's example has printed there."""
    return lambda *cells: request.config.stash[ROWS].append(cells)


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == 0 and session.config.getoption("--write-table"):
        lines = ["| how | where | README's example |", "| --- | --- | --- |"]
        lines += [f"| {' | '.join(cells)} |" for cells in session.config.stash[ROWS]]
        before, rest = TABLE.read_text(encoding="utf-8").split(f"{START}\n", 1)
        after = rest.split(END, 1)[1]
        TABLE.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


@pytest.fixture(scope="session")
def address():
    """The address of the local index."""
    server = index.serve()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def python_example():
    """README's example in Python."""
    return next(text for text in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "import AutoLoader" in text)


@pytest.fixture(scope="session")
def javascript_example():
    """README's first example, for a runtime without a page: Pyodide from node_modules, and text on the console."""
    page = re.search(r'<script type="module">\n(.*?)</script>', README, re.DOTALL).group(1)
    changes = {
        r'"https://.*?/pyodide\.mjs"': '"pyodide"',
        r'"\./node_modules/pyautoload-wasm/index\.js"': '"pyautoload-wasm"',
        r"document\.body\.textContent = (.*?)\);\n": r"console.log(\1));\n",
    }
    for old, new in changes.items():
        page, count = re.subn(old, new, page, flags=re.DOTALL)
        assert count == 1, old
    return page
