"""`ignore()` leaves out what git leaves out by the same lines in a `.gitignore`: random patterns, random trees."""

import random
import subprocess

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError

FOLDERS = ["d", "e", "de", "dist"]
FILES = ["x.py", "y.py", "xy.py", "keep_.py"]
PARTS = [
    *FOLDERS,
    *FILES,
    "*",
    "**",
    "?",
    "d*",
    "*.py",
    "x*.py",
    "?.py",
    "[xy].py",
    "[!x].py",
    "[x-z]y.py",
    "*y*",
    "d?",
    "\\x.py",
    "x**y.py",
]


def some_files(choose):
    """Paths of files, up to four folders deep."""
    depths = choose.choices([0, 1, 1, 2, 2, 3, 4], k=20)
    return {"/".join([*choose.choices(FOLDERS, k=depth), choose.choice(FILES)]) for depth in depths}


def some_pattern(choose):
    """A line of a `.gitignore`, sometimes one that git takes for nothing."""
    parts = choose.choices(PARTS, k=choose.choice([1, 1, 1, 2, 2, 3]))
    if choose.random() < 0.05:
        parts.insert(choose.randrange(len(parts) + 1), choose.choice(["", ".", ".."]))
    start = choose.choice(["", "", "", "/", "!", "!", "!/"])
    return start + "/".join(parts) + choose.choice(["", "", "", "/", "  "])


def ignored_by_git(folder, patterns, files):
    """Which of the files git ignores. Its own settings and those of the user have no say."""
    (folder / ".gitignore").write_text("".join(f"{pattern}\n" for pattern in patterns))
    command = ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin", "-z"]
    asked = subprocess.run(command, cwd=folder, input="\0".join(files), capture_output=True, text=True, check=False)
    assert asked.returncode in (0, 1), asked.stderr
    return {path for path in asked.stdout.split("\0") if path}


@pytest.mark.parametrize("seed", range(150))
def test_patterns_mean_what_they_mean_to_git(tmp_path, seed):
    choose = random.Random(seed)
    files = some_files(choose)
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    loader = AutoLoader(tmp_path, "app")
    patterns = []
    for pattern in [some_pattern(choose) for _ in range(choose.randint(1, 5))]:
        try:
            loader.ignore(pattern)
        except ConfigurationError:
            assert not ignored_by_git(tmp_path, [pattern.removeprefix("!")], files), f"{pattern!r} was refused"
        else:
            patterns.append(pattern)
    with loader:
        paths = [record.path for record in loader.registry.values() if record.path.endswith(".py")]
    left_out = files - {path.removeprefix(f"{tmp_path}/") for path in paths}
    assert left_out == ignored_by_git(tmp_path, patterns, files), patterns
