"""`make release`: what it refuses, that a dry run changes nothing, and that all that names a version has the new one."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((TOP / "Cargo.toml").read_text())["workspace"]["package"]["version"]
NEXT = f"{int(VERSION.split('.')[0]) + 1}.0.0"


def git(*arguments, cwd):
    return subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def clone(tmp_path):
    """A fresh clone in which a change waits to be released."""
    folder = tmp_path / "clone"
    git("clone", "--quiet", "--depth", "1", TOP.as_uri(), folder, cwd=tmp_path)
    git("config", "user.name", "Ada", cwd=folder)
    git("config", "user.email", "ada@example.org", cwd=folder)
    changelog = folder / "CHANGELOG.md"
    before, after = changelog.read_text().split("\n## ", 1)
    changelog.write_text(f"{before}\n## {NEXT}, not yet released\n\n- Something new.\n\n## {after}")
    git("commit", "--quiet", "--all", "--message", "Something new", cwd=folder)
    return folder


def release(*arguments, cwd):
    # The one of this clone, which may not be committed yet.
    command = [sys.executable, TOP / "tools/release.py", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_dry_run_says_what_would_change_and_changes_nothing(clone):
    head = git("rev-parse", "HEAD", cwd=clone)
    status, said = release(NEXT, cwd=clone)
    assert status == 0, said
    assert said.startswith(f"Release {NEXT}\n")
    for name in ("CHANGELOG.md", "Cargo.lock", "Cargo.toml", "pkg/package.json"):
        assert f" {name} " in said
    assert (git("rev-parse", "HEAD", cwd=clone), git("tag", cwd=clone), git("status", "--short", cwd=clone)) == (
        head,
        "",
        "",
    )


def test_a_release_has_its_version_everywhere_and_is_made_once(clone):
    status, said = release(NEXT, "--really", cwd=clone)
    assert status == 0, said
    assert release(NEXT, "--tagged", cwd=clone) == (0, "")
    assert release(VERSION, "--tagged", cwd=clone)[0] == 1
    assert release(NEXT, cwd=clone) == (1, f"release: the tag v{NEXT} is there already\n")


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("1.0", "'1.0' is no version such as 0.2.0"),
        ("v1.0.0", "'v1.0.0' is no version such as 0.2.0"),
        ("0.0.1", f"0.0.1 is older than {VERSION}, the version of Cargo.toml"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(version, reason, clone):
    assert release(version, cwd=clone) == (1, f"release: {reason}\n")


def test_a_changelog_that_says_nothing_new_is_refused(clone):
    changelog = clone / "CHANGELOG.md"
    text = changelog.read_text()
    changelog.write_text(text.replace("not yet released", "2026-01-02", 1))
    expected = f"release: CHANGELOG.md has nothing new: its first section, {NEXT}, was released 2026-01-02\n"
    assert release(NEXT, cwd=clone) == (1, expected)
    changelog.write_text(text.replace("- Something new.\n", ""))
    assert release(NEXT, cwd=clone) == (1, f"release: CHANGELOG.md says nothing of {NEXT}\n")


def test_changes_that_are_not_committed_are_not_released(clone):
    (clone / "README.md").write_text("")
    assert release(NEXT, "--really", cwd=clone) == (1, "release: there are changes that are not committed\n")
