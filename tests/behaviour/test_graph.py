"""Who imports whom, and what is wrong with a project: read from its files, without running any of it."""

import importlib
import json
import sys

import pytest
from pyautoload_wasm.__main__ import main

FILES = {
    "__init__.py": "",
    "models/user.py": "class User: pass\n",
    "models/order.py": "from .user import User\n\nclass Order:\n    def late(self):\n        from app import views\n",
    "views.py": "import app.models.order\nfrom app.models import Order\nfrom typing import TYPE_CHECKING\n"
    "if TYPE_CHECKING:\n    from app.models.user import User\nclass Views: pass\n",
    "dynamic.py": "import importlib, app\nDynamic = importlib.import_module('app.' + 'models.user')\n"
    "found = getattr(app.models, 'Order')\n",
    "chains.py": "import importlib, app\nfrom app import models as m\nclass Chains(app.models.User): pass\n"
    "def late():\n    return m.Order, importlib.import_module('.views', 'app')\n",
}


@pytest.mark.smoke
def test_dependencies_and_dependents_are_read_from_the_source(autoload):
    loader = autoload(FILES)
    assert loader.dependencies("app.views") == ["app", "app.models", "app.models.order"]
    assert loader.dependencies("app.views", transitive=True) == [
        "app",
        "app.models",
        "app.models.order",
        "app.models.user",
    ]
    assert loader.dependents("app.models.user") == ["app.chains", "app.models.order"]
    assert loader.dependents("app.models.user", transitive=True) == ["app.chains", "app.models.order", "app.views"]
    assert loader.registry["app.models.order"].dependents == ("app.chains", "app.views")
    assert loader.registry["app.models.order"].dependencies == ("app", "app.models", "app.models.user", "app.views")
    assert "app.views" not in sys.modules


def test_why_is_a_chain_with_file_and_line(autoload):
    loader = autoload(FILES)
    root = loader.roots[0].path
    chain = [
        (edge.importer, edge.imported, edge.path, edge.line) for edge in loader.why("app.views", "app.models.user")
    ]
    assert chain == [
        ("app.views", "app.models.order", f"{root}/views.py", 1),
        ("app.models.order", "app.models.user", f"{root}/models/order.py", 1),
    ]
    assert loader.why("app.models.user", "app.views") == []


def test_an_edge_knows_its_kind_its_line_and_its_names(autoload):
    edges = autoload(FILES).graph().edges
    found = {(edge.importer, edge.imported, edge.kind, edge.line, edge.names) for edge in edges}
    assert ("app.models.order", "app.models.user", "import", 1, ("User",)) in found
    assert ("app.models.order", "app.views", "deferred", 5, ("views",)) in found
    assert ("app.views", "app.models.user", "type_checking", 5, ("User",)) in found
    assert ("app.models.user", "app.models", "parent", 0, ()) in found


def test_imports_that_were_observed_are_edges(autoload, run):
    loader = autoload(FILES)
    assert "app.models.user" not in loader.dependencies("app.dynamic")
    run("import app.dynamic")
    edges = {(edge.imported, edge.kind, edge.line) for edge in loader.graph().edges if edge.importer == "app.dynamic"}
    assert ("app.models.user", "observed", 2) in edges
    assert ("app.models.order", "observed", 3) in edges


def test_attributes_of_packages_are_edges(autoload):
    loader = autoload(FILES)
    edges = {
        (edge.imported, edge.line)
        for edge in loader.graph().edges
        if (edge.importer, edge.kind) == ("app.chains", "attribute")
    }
    assert edges == {("app.models.user", 3), ("app.models.order", 5), ("app.views", 5)}
    assert loader.dependents("app.models.user") == ["app.chains", "app.models.order"]


def test_cycles_are_chains(autoload):
    loader = autoload({"a.py": "from app.b import x\n", "b.py": "\nimport app.a\nx = 1\n"})
    chain = [[(edge.importer, edge.imported, edge.line) for edge in cycle] for cycle in loader.cycles()]
    assert chain == [[("app.a", "app.b", 1), ("app.b", "app.a", 2)]]


def test_eager_loading_loads_dependencies_first(autoload):
    loader = autoload({"a.py": "from app.z import x\n", "m.py": "import app.a\n", "z.py": "x = 1\n"})
    assert loader.eager_load(on_error="raise").loaded == ["app", "app.z", "app.a", "app.m"]


@pytest.mark.smoke
def test_check_finds_problems_without_running_anything(autoload):
    loader = autoload(
        {
            "explodes.py": "raise RuntimeError\n",
            "html_parser.py": "class HTMLParser: pass\n",
            "late.py": "class Late: pass\nimport app.html_parsr\n",
            "my-file.py": "",
        },
        strict=True,
    )
    root = loader.roots[0].path
    assert [(problem.kind, problem.line, problem.message) for problem in loader.check()] == [
        (
            "attribute", None,
            f"{root}/explodes.py does not define 'Explodes', which its name stands for; define it, or import names from "
            "app.explodes itself",
        ),
        (
            "attribute", None,
            f"{root}/html_parser.py does not define 'HtmlParser', which its name stands for; it has 'HTMLParser': rename that, "
            'rename the file, or call inflect({"html_parser": "HTMLParser"})',
        ),
        ("missing_import", 2, f"{root}/late.py:2: there is no module 'app.html_parsr'; did you mean 'app.html_parser'?"),
        (
            "not_an_identifier", None,
            f"{root}/my-file.py cannot be imported: 'my-file' is no name in Python; rename it with letters, digits and "
            "underscores, or ignore it",
        ),
    ]  # fmt: skip


def test_a_file_of_functions_is_no_problem_until_somebody_takes_its_attribute(autoload):
    files = {
        "helpers.py": "def slug(text): return text.lower()\n",
        "main.py": "from .helpers import slug\n",
        "late.py": "",
        "user.py": "from app import Late\n",
    }
    loader = autoload(files)
    root = loader.roots[0].path
    assert [(problem.kind, problem.message) for problem in loader.check()] == [
        (
            "attribute",
            f"{root}/late.py does not define 'Late', which {root}/user.py:1 takes from it; define it, or import names from app.late "
            "itself",
        )
    ]
    loader.teardown()
    strict = [problem.name for problem in autoload(files, strict=True).check()]
    assert strict == ["app.helpers", "app.late", "app.main", "app.user"]


def test_two_files_for_one_class_are_reported_at_the_top_level_as_well(autoload):
    files = dict.fromkeys(["HtmlParser.py", "html_parser.py"], "class HtmlParser: pass\n")
    for top_level in ("app", None):
        loader = autoload(files, top_level=top_level)
        assert [(problem.kind, problem.path) for problem in loader.check()] == [
            ("one_attribute", f"{loader.roots[0].path}/html_parser.py")
        ]
        loader.teardown()


def edges_of(loader, importer):
    """The edges of a module as they are drawn, but for the one to its parent."""
    edges = loader.graph().edges
    return sorted((e.imported, e.kind, e.line, e.names) for e in edges if e.importer == importer and e.kind != "parent")


def test_after_an_edit_the_graph_is_the_one_of_a_fresh_loader_for_type_checkers_as_well(autoload, write):
    loader = autoload(
        {
            "main.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.parts import wheel\n",
            "parts/__init__.py": "",
            "parts/wheel.py": "",
        },
        lambda loader: loader.enable_reloading(watch=False, flush="manual"),
    )
    before = edges_of(loader, "app.main")
    folder = write({"app/parts/__init__.py": "wheel = 1\n"})
    loader.notify(folder / "app/parts/__init__.py").flush()
    after = edges_of(loader, "app.main")
    loader.teardown().setup()
    assert (before != after) and after == edges_of(loader, "app.main")


@pytest.mark.parametrize("reloads", [False, True])
def test_in_a_new_layout_attributes_are_those_of_its_packages(autoload, write, reloads):
    def configure(loader):
        return loader.enable_reloading(watch=False, flush="manual") if reloads else loader

    main = "from app import models\n\ndef f():\n    return models.user.X\n"
    loader = autoload({"main.py": main, "models.py": "user = None\n"}, configure)
    assert loader.dependents("app.models") == ["app.main"]
    folder = write({"app/models/user.py": "X = 1\n", "app/other.py": "X = 2\n"}) / "app"
    (folder / "models.py").unlink()
    importlib.import_module("app.other")  # which finds a new file, and so the new layout
    if reloads:
        loader.reload()
    assert loader.dependents("app.models.user") == ["app.main"]
    (folder / "models/user.py").unlink()
    write({"app/models.py": "user = None\n", "app/another.py": ""})
    importlib.import_module("app.another")
    assert ("app.models.user", "attribute") not in [edge[:2] for edge in edges_of(loader, "app.main")]


def test_what_a_module_lists_as_lazy_is_an_import_cycle_where_python_imports_it_at_once(autoload):
    files = {"a.py": "__lazy_modules__ = ['app.b']\nimport app.b\n", "b.py": "import app.a\n"}
    assert len(autoload(files).cycles()) == (0 if sys.version_info >= (3, 15) else 1)


def test_the_command_line_checks_and_draws(write, capsys):
    base = write({"app/a.py": "from .b import B\nA = 1\n", "app/b.py": "B = 1\n", "app/c.py": "C = 1\n"}) / "app"
    assert main(["check", str(base), "--top-level", "app"]) == 0
    assert capsys.readouterr().out == "4 modules, 0 problems\n"
    assert main(["tree", str(base), "--top-level", "app"]) == 0
    assert (
        capsys.readouterr().out
        == f"app  App  {base}\n  a  A    {base}/a.py\n  b  B    {base}/b.py\n  c  C    {base}/c.py\n"
    )
    assert main(["graph", str(base), "--top-level", "app"]) == 0
    assert capsys.readouterr().out == f"{base}/a.py:1: app.a imports app.b (B)\n"
    assert main(["graph", str(base), "--top-level", "app", "--format", "dot"]) == 0
    assert '  "app.a" -> "app.b";\n' in capsys.readouterr().out
    assert main(["graph", str(base), "--top-level", "app", "--format", "mermaid"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  n1 --> n2"
    assert main(["graph", str(base), "--top-level", "app", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["nodes"] == ["app", "app.a", "app.b", "app.c"]
    write({"app/c.py": "wrong = 1\n"})
    assert main(["check", str(base), "--top-level", "app"]) == 0
    assert capsys.readouterr().out == "4 modules, 0 problems\n"
    assert main(["check", str(base), "--top-level", "app", "--strict"]) == 1
    assert capsys.readouterr().out.endswith("4 modules, 1 problems\n")
    assert main(["check", f"{base}/missing"]) == 2
    assert "does not exist" in capsys.readouterr().err
