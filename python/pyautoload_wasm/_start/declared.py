"""The distributions that a project declares: in pyproject.toml, in requirements.txt, and in the comment of a script (PEP 723)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pyautoload_wasm.errors import ConfigurationError

#: As PEP 723 has it.
_SCRIPT = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:$|[\[;@(<>=!~])")
_WHEEL = re.compile(r"(?:\S*/)?([A-Za-z0-9._]+)-[^/-]+(?:-[^/-]+){3,4}\.whl(?:[#?]\S*)?$")
_COMMENT = re.compile(r"(^|\s+)#.*$")


class Declaration(NamedTuple):
    """A distribution that somebody has written down: its normalized name, the text, and the file."""

    name: str
    text: str
    path: str


def normalized(name: str) -> str:
    """A distribution's name as installers compare it.

    >>> normalized("Typing_Extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def declarations(folders: Iterable[str]) -> list[Declaration]:
    """What the projects of some roots declare. From each root upwards, the nearest folder counts that has a requirements.txt, or a
    pyproject.toml with dependencies; and so do the scripts right in a root.

    Raises ConfigurationError for a file that cannot be understood.
    """
    found: dict[str, Declaration] = {}
    for folder in folders:
        for declaration in [*_of_project(folder), *_of_scripts(folder)]:
            if _applies(declaration.text):
                found.setdefault(declaration.name, declaration)
    return list(found.values())


def _of_project(folder: str) -> Iterator[Declaration]:
    while True:
        pyproject, requirements = f"{folder.rstrip('/')}/pyproject.toml", f"{folder.rstrip('/')}/requirements.txt"
        declares = os.path.isfile(pyproject) and _dependencies(_toml(_read(pyproject), pyproject), pyproject)
        if declares or os.path.isfile(requirements):
            yield from (_declaration(text, pyproject) for text in declares or ())
            yield from _of_file(requirements, set())
            return
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _dependencies(table: dict[str, Any], path: str) -> list[str]:
    project = table.get("project", {})
    dependencies = project.get("dependencies", []) if isinstance(project, dict) else None
    if not isinstance(dependencies, list) or not all(isinstance(text, str) for text in dependencies):
        raise ConfigurationError(f"{path}: expected a list of texts as 'dependencies'")
    return dependencies


def _of_scripts(folder: str) -> Iterator[Declaration]:
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        path = f"{folder.rstrip('/')}/{name}"
        if not name.endswith(".py") or not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            source = file.read()
        if b"# /// script" not in source:
            continue
        block = _SCRIPT.search(source.decode("utf-8", "replace").replace("\r\n", "\n"))
        if block is not None:
            lines = block["content"].splitlines()
            table = _toml("\n".join(line[2:] if line.startswith("# ") else line[1:] for line in lines), path)
            for text in _dependencies({"project": table}, path):
                yield _declaration(text, path)


def _of_file(path: str, seen: set[str]) -> Iterator[Declaration]:
    """What a requirements.txt asks for, and the files that it takes in. Options of pip's are passed over."""
    if path in seen or not os.path.isfile(path):
        return
    seen.add(path)
    for line in _read(path).replace("\\\n", " ").splitlines():
        text = _COMMENT.sub("", line).strip()
        if text.startswith(("-r", "--requirement")):
            other = re.sub(r"^(-r|--requirement)[\s=]*", "", text)
            yield from _of_file(os.path.normpath(os.path.join(os.path.dirname(path), other)), seen)
        elif text and not text.startswith(("-", ".", "/")):
            yield _declaration(text.partition(" --")[0].strip(), path)


def _declaration(text: str, path: str) -> Declaration:
    found = _NAME.match(text) or _WHEEL.match(text)
    if found is None:
        raise ConfigurationError(f"{path}: {text!r} is no requirement; expected one such as 'pillow>=10'")
    return Declaration(normalized(found[1]), " ".join(text.split()), path)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from None


def _toml(text: str, path: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is no TOML: {error}") from None


def _applies(text: str) -> bool:
    """Whether a requirement is meant for this Python. Without the library that can tell, each is."""
    if ";" not in text:
        return True
    library = requirement_type()
    if library is None:
        return True
    try:
        marker = library(text).marker
        return marker is None or bool(marker.evaluate())
    except ValueError:
        return True


def requirement_type() -> Any:
    """The class that understands requirements, where it is installed; None elsewhere."""
    for name in ("packaging", "pip._vendor.packaging"):
        try:
            return __import__(f"{name}.requirements", fromlist=["Requirement"]).Requirement
        except ModuleNotFoundError:
            continue
    return None
