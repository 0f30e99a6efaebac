"""Makes a release: sets the version, dates the changelog's first section, commits and tags. Without `--really` all of that is done
in a copy, so that a mistake shows before anything is tagged. The pipeline publishes when the tag is pushed; see docs/releasing.md.

    python tools/release.py 0.2.0             a dry run
    python tools/release.py 0.2.0 --really    the commit and the tag
    python tools/release.py 0.2.0 --tagged    whether what is checked out is that release
"""

import argparse
import datetime
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
SECTION = re.compile(r"^## (?P<version>\S+?), (?P<date>.+)$\n(?P<text>(?:(?!^## ).*\n)*)", re.MULTILINE)
UNRELEASED = "not yet released"


class RefusedError(Exception):
    """A reason why the release cannot be made, for the person who asked."""


def run(*command: str, cwd: Path) -> str:
    """What a program prints; raises `RefusedError` with its errors if it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RefusedError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout.strip()


def parsed(version: str) -> tuple[int, ...]:
    """The numbers of a version."""
    if not VERSION.fullmatch(version):
        raise RefusedError(f"'{version}' is no version such as 0.2.0")
    return tuple(int(part) for part in version.split("."))


def current(top: Path) -> str:
    """The version of Cargo.toml, which is that of all packages."""
    version: str = tomllib.loads((top / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]["version"]
    return version


def newest_section(top: Path) -> re.Match[str]:
    """The first section of the changelog."""
    section = SECTION.search((top / "CHANGELOG.md").read_text(encoding="utf-8"))
    if section is None:
        raise RefusedError("CHANGELOG.md has no section '## VERSION, DATE'")
    if not section["text"].strip():
        raise RefusedError(f"CHANGELOG.md says nothing of {section['version']}")
    return section


def check(top: Path, version: str) -> None:
    """Raises `RefusedError` if this version cannot be released from here."""
    if parsed(version) < parsed(current(top)):
        raise RefusedError(f"{version} is older than {current(top)}, the version of Cargo.toml")
    if run("git", "tag", "--list", f"v{version}", cwd=top):
        raise RefusedError(f"the tag v{version} is there already")
    section = newest_section(top)
    if section["date"] != UNRELEASED:
        raise RefusedError(
            f"CHANGELOG.md has nothing new: its first section, {section['version']}, was released {section['date']}"
        )


def replace(file: Path, old: str, new: str) -> None:
    """Replaces a text that the file has once."""
    text = file.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise RefusedError(f"{file.name} has {old!r} {text.count(old)} times, not once")
    file.write_text(text.replace(old, new), encoding="utf-8")


def make(top: Path, version: str) -> None:
    """Sets the version everywhere, commits and tags."""
    old = current(top)
    section = newest_section(top)
    today = datetime.date.today().isoformat()
    replace(top / "CHANGELOG.md", f"## {section['version']}, {UNRELEASED}", f"## {version}, {today}")
    if version != old:
        replace(top / "Cargo.toml", f'\nversion = "{old}"\n', f'\nversion = "{version}"\n')
        replace(top / "pkg/package.json", f'  "version": "{old}"', f'  "version": "{version}"')
        run("cargo", "update", "--workspace", "--offline", cwd=top)
    run("git", "commit", "--quiet", "--all", "--message", f"Release {version}", cwd=top)
    run("git", "tag", "--annotate", f"v{version}", "--message", f"pyautoload_wasm {version}", cwd=top)


def check_tagged(top: Path, version: str) -> None:
    """Raises `RefusedError` if what is checked out is not the release of this version, in all that names one."""
    named = {
        "Cargo.toml": current(top),
        "pkg/package.json": json.loads((top / "pkg/package.json").read_text(encoding="utf-8"))["version"],
        "CHANGELOG.md": newest_section(top)["version"],
    }
    metadata = json.loads(run("cargo", "metadata", "--locked", "--no-deps", "--format-version", "1", cwd=top))
    named |= {
        package["name"]: package["version"]
        for package in metadata["packages"]
        if package["name"].startswith("pyautoload_wasm")
    }
    wrong = {name: found for name, found in named.items() if found != version}
    if wrong:
        raise RefusedError(f"not all are {version}: {', '.join(f'{name} is {found}' for name, found in wrong.items())}")
    if newest_section(top)["date"] == UNRELEASED:
        raise RefusedError(f"CHANGELOG.md says that {version} is not yet released")
    if f"v{version}" not in run("git", "tag", "--points-at", "HEAD", cwd=top).split():
        raise RefusedError(f"the tag v{version} does not point at what is checked out")


def rehearse(top: Path, version: str) -> str:
    """Makes the release in a copy of what is committed, and returns what it changed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        run("git", "clone", "--quiet", "--depth", "1", top.resolve().as_uri(), str(copy), cwd=top)
        for key in ("user.name", "user.email"):
            run("git", "config", key, run("git", "log", "-1", f"--format=%a{key[5]}", cwd=top), cwd=copy)
        make(copy, version)
        check_tagged(copy, version)
        return run("git", "show", "--stat", "--format=%s", "HEAD", cwd=copy)


def main(arguments: list[str]) -> int:
    """Runs the command; 1 if the release is refused."""
    parser = argparse.ArgumentParser(description="make a release")
    parser.add_argument("version")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--really", action="store_true", help="commit and tag here, and not in a copy")
    how.add_argument("--tagged", action="store_true", help="check what is checked out")
    given = parser.parse_args(arguments)
    top = Path(run("git", "rev-parse", "--show-toplevel", cwd=Path.cwd()))
    try:
        if given.tagged:
            check_tagged(top, given.version)
            return 0
        check(top, given.version)
        if not given.really:
            print(rehearse(top, given.version))
            print(f"dry run: {given.version} can be released; DRY_RUN=no makes the commit and the tag")
            return 0
        if run("git", "status", "--porcelain", cwd=top):
            raise RefusedError("there are changes that are not committed")
        make(top, given.version)
        print(f"made the commit and the tag v{given.version}; 'git push --follow-tags' has it published")
    except RefusedError as reason:
        print(f"release: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
