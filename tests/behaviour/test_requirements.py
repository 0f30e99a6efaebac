"""Which packages a project needs: what it imports, what it declares, and what `check` says of what is missing."""

import sys

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError

IN_PYODIDE = sys.platform == "emscripten"
#: A package that Pyodide's lock file has under another name, its distribution there, and no test environment has.
PACKAGE, DISTRIBUTION = (
    ("dummy", "test-dummy") if IN_PYODIDE and sys.version_info >= (3, 15) else ("sklearn", "scikit-learn")
)
FILES = {
    "user.py": f"""
        import json
        from typing import TYPE_CHECKING
        from . import order
        from app.order import Order
        import {PACKAGE}.cluster
        import pytest
        if TYPE_CHECKING:
            import absent_types
        try:
            import absent_guarded
        except ImportError:
            pass
        def late():
            from absent_late.deep import thing
    """,
    "order.py": f"import {PACKAGE}\nOrder = 1\n",
}


def by_name(loader):
    return {requirement.name: requirement for requirement in loader.requirements()}


@pytest.mark.smoke
def test_each_foreign_package_stands_where_it_is_imported_and_in_what_context(autoload, tmp_path):
    found = by_name(autoload(FILES))
    assert list(found) == sorted(["absent_guarded", "absent_late", "absent_types", "pytest", PACKAGE])
    assert {name: (requirement.context, requirement.is_missing) for name, requirement in found.items()} == {
        "absent_guarded": ("guarded", False),
        "absent_late": ("function", True),
        "absent_types": ("type_checking", False),
        "pytest": ("always", False),
        PACKAGE: ("always", True),
    }
    assert found[PACKAGE].imports == (
        ("app.order", f"{tmp_path}/app/order.py", 1, PACKAGE, "always"),
        ("app.user", f"{tmp_path}/app/user.py", 6, f"{PACKAGE}.cluster", "always"),
    )
    assert found["absent_late"].imports[0].name == "absent_late.deep"


def test_the_distribution_is_known_from_what_is_installed_or_from_pyodide_s_lock(autoload):
    found = by_name(autoload(FILES))
    assert (found["pytest"].distribution, found["pytest"].installed) == ("pytest", True)
    expected = (DISTRIBUTION, "lock") if IN_PYODIDE else (None, None)
    assert (found[PACKAGE].distribution, found[PACKAGE].source) == expected
    assert (found["absent_late"].distribution, found["absent_late"].source) == (None, None)


def test_nothing_of_the_project_the_standard_library_or_another_loader_is_a_requirement(autoload, write):
    with AutoLoader(write({"other/a.py": ""}) / "other", "other"):
        source = "import os, json.decoder, sys, __future__, app.b, app, other.a\nfrom .b import B\n"
        assert autoload({"a.py": source, "b.py": "B = 1\n"}).requirements() == []


def test_a_root_below_another_project_s_package_leaves_that_a_requirement(autoload):
    loader = autoload({"a.py": "import absent.core\nimport absent.plugins.b\n", "b.py": ""}, top_level="absent.plugins")
    assert [use.name for use in by_name(loader)["absent"].imports] == ["absent.core"]


def test_an_edited_file_is_read_again(autoload, tmp_path):
    loader = autoload({"a.py": "import absent_one\n"})
    assert list(by_name(loader)) == ["absent_one"]
    (tmp_path / "app/a.py").write_text("import absent_two\n")
    assert list(by_name(loader)) == ["absent_two"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "pyproject.toml",
            '[project]\nname = "x"\ndependencies = ["Absent-One>=2", "never; python_version < \'3\'"]\n',
        ),
        ("requirements.txt", "# all\nAbsent-One>=2  # why\n--index-url https://x\n-e .\n"),
        ("app/main.py", '# /// script\n# dependencies = [\n#   "Absent-One>=2",\n# ]\n# ///\nA = 1\n'),
    ],
)
def test_what_is_declared_is_known_by_its_own_name(autoload, write, name, text):
    folder = write({name: text})
    [found] = autoload({"a.py": "import absent_one\n"}).requirements()
    assert (found.name, found.distribution, found.source) == ("absent_one", "absent-one", "declared")
    assert (found.declared, found.declared_in, found.is_missing) == ("Absent-One>=2", f"{folder}/{name}", True)


def test_a_requirements_file_may_take_in_another_and_continue_a_line(autoload, write):
    write(
        {"requirements.txt": "-r more/base.txt\none \\\n  >=1 \\\n  --hash=sha256:00\n", "more/base.txt": "two[x]==2\n"}
    )
    assert [(found.name, found.declared) for found in autoload({"a.py": ""}).requirements()] == [
        (None, "one >=1"),
        (None, "two[x]==2"),
    ]


def test_a_distribution_that_pyodide_has_is_declared_under_its_own_name(autoload, write):
    write({"requirements.txt": DISTRIBUTION.replace("-", "_")})
    found = by_name(autoload(FILES))
    if IN_PYODIDE:
        assert (found[PACKAGE].declared, found[PACKAGE].source) == (DISTRIBUTION.replace("-", "_"), "lock")
        assert None not in found
    else:
        # Nobody there knows that they belong together.
        assert (found[PACKAGE].source, found[None].distribution) == (None, DISTRIBUTION)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pyproject.toml", "[project\n", " is no TOML: "),
        ("pyproject.toml", '[project]\ndependencies = "one"\n', ": expected a list of texts as 'dependencies'"),
        ("requirements.txt", "one\n???\n", ": '???' is no requirement; expected one such as 'pillow>=10'"),
    ],
)
def test_a_declaration_that_cannot_be_understood_is_refused_and_is_a_problem(autoload, write, name, text, message):
    folder = write({name: text})
    loader = autoload({"a.py": ""})
    with pytest.raises(ConfigurationError) as caught:
        loader.requirements()
    assert str(caught.value).startswith(f"{folder}/{name}{message}")
    [problem] = loader.check()
    assert (problem.path, problem.kind, problem.message) == (f"{folder}/{name}", "missing_package", str(caught.value))


def test_check_names_a_missing_package_at_its_first_import(autoload, tmp_path):
    loader = autoload(FILES)
    found = {problem.name: problem for problem in loader.check()}
    assert list(found) == [PACKAGE, "absent_late"]
    assert (found[PACKAGE].path, found[PACKAGE].line) == (f"{tmp_path}/app/order.py", 1)
    assert found["absent_late"].severity == "problem"
    assert found["absent_late"].message == (
        "there is no package 'absent_late': it is neither installed nor declared; correct the name, or declare its distribution in "
        "pyproject.toml or requirements.txt"
    )
    if IN_PYODIDE:
        assert found[PACKAGE].severity == "information"
        assert found[PACKAGE].message == (
            f"{PACKAGE!r} is not loaded: it is {DISTRIBUTION} in Pyodide's distribution; await loader.load_packages(), in JavaScript "
            "autoload.loadPackages(), before this module is imported"
        )


def test_check_says_which_declared_distribution_a_missing_package_may_be_of(autoload, write):
    folder = write({"requirements.txt": "absent_one==1\nSome.Thing\n"})
    problems = autoload({"a.py": "import absent_one\nimport absent_two\n"}).check()
    assert [(problem.severity, problem.message) for problem in problems] == [
        (
            "information",
            f"'absent_one' is not installed: {folder}/requirements.txt asks for absent_one==1; install that",
        ),
        ("information", "'absent_two' is not installed; one of these that are declared may have it: Some.Thing"),
    ]


def test_where_nothing_is_known_nothing_is_loaded(autoload):
    report = awaited(autoload({"a.py": "import absent_one\n"}).load_packages())
    assert (bool(report), str(report)) == (False, "nobody knows the distribution of absent_one")


def test_where_nothing_is_missing_nothing_is_loaded(autoload):
    assert str(awaited(autoload({"a.py": ""}).load_packages())) == "nothing to load"


def awaited(coroutine):
    """The result of a coroutine that has nothing to wait for: in Pyodide no loop can be run from here."""
    with pytest.raises(StopIteration) as ended:
        coroutine.send(None)
    return ended.value.value


@pytest.mark.parametrize("is_loaded", [False, True])
def test_a_flush_says_which_missing_packages_a_changed_file_imports(autoload, tmp_path, is_loaded):
    loader = autoload({"a.py": "A = 1\n"}).enable_reloading(watch=False, flush="manual")
    path = tmp_path / ("app/a.py" if is_loaded else "app/b.py")
    if is_loaded:
        __import__("app.a")
    path.write_text(f"import json, pytest\nA = 1\ndef late():\n    import {PACKAGE}\n    import absent_one\n")
    report = loader.notify(path).flush()
    assert not report.failed
    assert list(report.needed) == sorted([PACKAGE, "absent_one"])
    where = f"it is {DISTRIBUTION} in Pyodide's distribution" if IN_PYODIDE else f"there is no package {PACKAGE!r}"
    assert where in report.needed[PACKAGE]
    assert report.needed[PACKAGE] in str(report)
    assert {"name": PACKAGE, "reason": report.needed[PACKAGE]} in report.plain()["needed"]


def test_a_flush_says_nothing_of_packages_that_are_there_or_need_not_be(autoload, tmp_path):
    loader = autoload({"a.py": "A = 1\n"}).enable_reloading(watch=False, flush="manual")
    source = "import pytest\ntry:\n    import absent_guarded\nexcept ImportError:\n    pass\n"
    (tmp_path / "app/b.py").write_text(source)
    assert loader.notify(tmp_path / "app/b.py").flush().needed == {}


def test_a_flush_says_nothing_of_a_file_that_is_gone_or_cannot_be_read(autoload, tmp_path):
    loader = autoload({"a.py": "import absent_one\n", "b.py": ""}).enable_reloading(watch=False, flush="manual")
    (tmp_path / "app/a.py").unlink()
    (tmp_path / "app/b.py").write_bytes(b"# coding: no-such\nimport absent_two\n")
    assert loader.reload().needed == {}


def test_an_import_that_nothing_can_wait_for_fails_as_ever_and_nothing_is_left_behind(autoload):
    """No Pyodide in Node can wait; tests/browser has one that can."""
    loader = autoload({"a.py": f"import {PACKAGE}\n"})
    before = list(sys.meta_path)
    if not IN_PYODIDE:
        with pytest.raises(ConfigurationError, match="in Pyodide alone"):
            loader.load_packages_on_import()
        return
    assert loader.load_packages_on_import().load_packages_on_import() is loader
    assert len(sys.meta_path) == len(before) + 1
    with pytest.raises(ModuleNotFoundError, match=PACKAGE):
        __import__("app.a")
    with pytest.raises(ModuleNotFoundError, match="absent_one"):
        __import__("absent_one")
    loader.teardown()
    assert not [finder for finder in sys.meta_path if "loads packages" in repr(finder)]


def test_a_project_may_have_a_folder_js(autoload, write, monkeypatch):
    """Pyodide's module of that name is not asked then."""
    monkeypatch.syspath_prepend(write({"js/page.py": ""}))
    monkeypatch.delitem(sys.modules, "js", raising=False)
    assert "absent_one" in by_name(autoload({"a.py": "import absent_one\n"}))


def test_a_flush_says_what_a_patched_function_begins_to_import(autoload, tmp_path):
    source = "def late():\n    return 1\ndef inner():\n    return 2\n"
    loader = autoload({"a.py": source}).enable_reloading(watch=False, flush="manual")
    __import__("app.a")
    for old, new, needed in [
        ("return 1", "import absent_one", ["absent_one"]),
        ("return 2", "def deep():\n        import absent_two", ["absent_one", "absent_two"]),
        # A file that is executed again is looked at as a whole.
        ("return 3", "return 4", [] if sys.version_info >= (3, 12) else ["absent_one", "absent_two"]),
    ]:
        source = source.replace(old, new) if old in source else f"# moved\n{source}"
        (tmp_path / "app/a.py").write_text(source)
        assert list(loader.notify(tmp_path / "app/a.py").flush().needed) == needed
