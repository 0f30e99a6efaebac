"""Programs in processes of their own: what can hang, or fork, or end the interpreter is not for the process of the tests."""

import subprocess
import sys
import textwrap

import pytest

#: No program takes as long as this, unless it hangs.
PATIENCE = 60


@pytest.fixture
def program(tmp_path):
    """Writes files, of which `main.py` is a program, and runs it there. Returns the lines that it prints."""

    def program(files):
        for name, source in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(source), encoding="utf-8")
        command = [sys.executable, "-X", "faulthandler", "main.py"]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.splitlines()

    return program
