"""Consoles on a real terminal, and somebody who edits files beside them."""

import re
import subprocess

import pexpect
import pytest
from document import TOP, snippets
from table import note

(PROGRAM,) = snippets("Consoles")
SET_UP = PROGRAM.partition("import code")[0]
PYTHONS = [python for python in (TOP / ".venv/bin/python", TOP / ".venv-oldest/bin/python") if python.exists()]
USER = "LIMIT = {limit}\n\n\nclass User:\n    def name(self):\n        return {name!r}\n"
#: To start Python takes a second or two, on a busy machine many.
PATIENCE = 60


class Console:
    """A user at a terminal."""

    def __init__(self, folder, command, prompt, **environment):
        self.folder = folder
        self.prompt = prompt
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TERM": "dumb", **environment}
        self.process = pexpect.spawn(
            command[0],
            command[1:],
            cwd=folder,
            env=environment,
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(50, 300),
        )
        self.process.expect(prompt)

    def shows(self, expression):
        """What an expression is, by what the console prints. What it echoes is not that."""
        self.process.sendline(f"print('@' + '@', {expression}, '@' + '@')")
        self.process.expect(r"@@ (.*?) @@")
        shown, self.said = self.process.match.group(1), self.process.before
        self.process.expect(self.prompt)
        return shown

    def run(self, statement):
        self.process.sendline(statement)
        self.process.expect(self.prompt)

    def close(self):
        self.process.close(force=True)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "myapp").mkdir()
    edit(tmp_path, "ada", 1)
    return tmp_path


@pytest.fixture
def console(folder):
    """Starts a console with a program, which has the names `User` and `LIMIT` and an object then."""
    opened = []

    def start(program, command, prompt=">>> ", **environment):
        (folder / "main.py").write_text(program, encoding="utf-8")
        opened.append(Console(folder, command, prompt, **environment))
        opened[0].run("from myapp.user import User, LIMIT")
        opened[0].run("user = User()")
        return opened[0]

    yield start
    opened[0].close()


def edit(folder, name, limit):
    (folder / "myapp" / "user.py").write_text(USER.format(name=name, limit=limit), encoding="utf-8")


def follows(console, folder, *, needs_enter=False):
    """Edits a file twice, with an error between, and looks each time at a name and an object from before."""
    assert console.shows("(user.name(), LIMIT)") == "('ada', 1)"
    edit(folder, "eve", 22)
    if needs_enter:
        console.run("")
    assert console.shows("(user.name(), LIMIT)") == "('eve', 22)"
    (folder / "myapp" / "user.py").write_text("class User:\n    def\n", encoding="utf-8")
    if needs_enter:
        console.run("")
    assert console.shows("(user.name(), LIMIT)") == "('eve', 22)"
    edit(folder, "grace", 333)
    if needs_enter:
        console.run("")
    assert console.shows("(user.name(), LIMIT, isinstance(user, User))") == "('grace', 333, True)"


@pytest.fixture(autouse=True, scope="module")
def row():
    """Notes in README's table what is shown here, if all of it is."""
    yield
    note("Consoles", "`code.interact()`, Python's prompts, IPython's: names and objects follow")


@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: python.parts[-3])
def test_code_interact_follows(console, folder, python):
    follows(console(PROGRAM, [str(python), "main.py"]), folder)


@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: python.parts[-3])
def test_the_prompt_that_is_written_in_c_follows(console, folder, python):
    command = [str(python), "-i", "main.py"]
    follows(console(SET_UP, command, PYTHON_BASIC_REPL="1"), folder, needs_enter=True)


def test_the_prompt_that_is_written_in_python_follows(console, folder):
    version = subprocess.run([str(PYTHONS[0]), "-c", "import _pyrepl"], capture_output=True, check=False)
    if version.returncode != 0:
        pytest.skip("this Python has no such prompt")
    # It draws the line anew at each key, so only what has been printed after it counts.
    follows(console(SET_UP, [str(PYTHONS[0]), "-i", "main.py"], TERM="xterm"), folder)


def test_the_console_of_ipython_follows_and_says_so(console, folder):
    command = [str(PYTHONS[0]), "-m", "IPython", "--simple-prompt", "--no-banner", "-i", "main.py"]
    ipython = console(SET_UP, command, r"In \[\d+\]: ")
    follows(ipython, folder)
    assert "pyautoload_wasm: reloaded myapp.user" in ipython.said


def test_a_line_says_what_was_reloaded_and_what_was_not(console, folder):
    opened = console(PROGRAM, [str(PYTHONS[0]), "main.py"])
    edit(folder, "eve", 22)
    assert opened.shows("LIMIT") == "22"
    assert "pyautoload_wasm: reloaded myapp.user" in opened.said
    (folder / "myapp" / "user.py").write_text("def\n", encoding="utf-8")
    assert opened.shows("LIMIT") == "22"
    assert re.search(r"pyautoload_wasm: .*myapp\.user.*SyntaxError", opened.said), opened.said
