"""The comparison itself: a loader that reloads too much is found, and so is one that reloads too little, loses what it is told, or
forgets to say what it did.
"""

from types import ModuleType

import pytest
from pyautoload_wasm._imports import kept_values
from pyautoload_wasm._imports.data_files import DataFiles
from pyautoload_wasm._reload import unloaded
from pyautoload_wasm._reload.patching import edits, members, obstacles
from pyautoload_wasm._reload.patching.functions import Found
from pyautoload_wasm._reload.patching.obstacles import Seen
from pyautoload_wasm._reload.patching.patch import Patch
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._results.reports import ReloadReport

from .labelled.labels import CAN_PATCH
from .layout import Disk
from .model import PartsModel
from .part import part
from .program import Wish
from .record import record
from .run import run_features, run_labelled
from .session import Session, UntrueError

FLUSH = Reloader._flush
RUN = Reloader._run


def reloads_everything(self, asked):
    asked.forced = {name: None for name in self._catalog.sorted_names() if name in self._catalog.supplied}
    return FLUSH(self, asked)


def reloads_what_has_changed_alone(self, steps, outrun, report):
    stale = [step._replace(imports=[]) for step in steps if step.is_stale]
    for step in stale:
        RUN(self, [step], outrun, report)


def reloads_nothing(self, asked):
    return ReloadReport()


def reports_nothing(self, asked):
    report = FLUSH(self, asked)
    report.reloaded.clear()
    return report


@pytest.mark.parametrize(
    ("method", "fault", "said"),
    [
        ("_flush", reloads_everything, "is not affected"),
        ("_run", reloads_what_has_changed_alone, "is affected, and was not tried"),
        ("_flush", reloads_nothing, "is affected, and was not tried"),
        ("_flush", reports_nothing, "reloaded says []"),
    ],
)
def test_a_loader_that_does_too_much_or_too_little_is_found(method, fault, said, tmp_path, monkeypatch):
    monkeypatch.setattr(Reloader, method, fault)
    with pytest.raises(UntrueError) as raised:
        run_features(1, 60, str(tmp_path), forks=True, wish=Wish(only=frozenset({"values"})))
    assert said in str(raised.value)


def executes_everything(apply):
    return lambda state, name, path: "it is executed in any case"


def patches_what_ran(apply):
    return lambda self, edit, found: None


def in_the_loader(source):
    """A function that passes for the loader's: what the test itself asks the program for does not count."""
    return eval(source, {"__name__": "pyautoload_wasm.fault", "ModuleType": ModuleType})


def runs_the_program(apply):
    call = in_the_loader("lambda function: function()")

    def faulty(self, runs):
        apply(self, runs)
        for name, value in list(vars(self.module).items()):
            if name.startswith("bump"):
                call(value)

    return faulty


def loses_state(apply):
    def faulty(self, runs):
        apply(self, runs)
        for name, value in vars(self.module).items():
            if name.startswith("_STORE"):
                vars(self.module)[name] = dict(value)

    return faulty


def leaves_the_old_code(apply):
    return lambda self, runs: None


def passes_over_what_others_hold(search):
    return lambda self, wanted: None


def names_no_function(functions):
    return property(lambda self: [])


def finds_no_reader(_):
    return lambda family, runs, codes: None


def passes_over_hooks(_):
    return lambda seen, cls, where: None


def passes_over_stars(_):
    return lambda module, code, name, where: None


def takes_nothing_of_stars(_):
    return lambda module, importer, code: False


def keeps_everything(_):
    return lambda before, now: True


def keeps_nothing(_):
    return lambda before, now: False


def asks_for_classes(_):
    return in_the_loader("lambda value: isinstance(value, ModuleType)")


def sees_no_data(_):
    return lambda self, paths: []


@pytest.mark.skipif(not CAN_PATCH, reason="nothing is patched before Python 3.12")
@pytest.mark.parametrize(
    ("place", "method", "fault", "subjects", "seed", "said"),
    [
        (edits, "judge", executes_everything, (), 1, "was executed (it is executed in any case), and its label is"),
        (Seen, "obstacle", patches_what_ran, (), 1, "is to be executed, and was patched"),
        (Patch, "apply", runs_the_program, {"state"}, 1, "a patch has run ['bump"),
        (Patch, "apply", loses_state, {"state"}, 1, "and it was not executed"),
        (Patch, "apply", leaves_the_old_code, (), 1, "is code: "),
        (Found, "_search", passes_over_what_others_hold, (), 1, "is code: "),
        (Patch, "functions", names_no_function, (), 1, "the report names []"),
        (members, "handed_in", finds_no_reader, {"class", "hands"}, 3, "is to be executed, and was patched"),
        (obstacles, "of_class", passes_over_hooks, {"hooked"}, 1, "is to be executed, and was patched"),
        (members, "obstacle_of_stars", passes_over_stars, {"star", "twin"}, 2, "is to be executed, and was patched"),
        (members, "takes_all_of", takes_nothing_of_stars, {"star"}, 1, "is to be executed, and was patched"),
        (kept_values, "_is_same_maker", keeps_everything, {"kept", "keeps"}, 1, "was kept, and its maker has changed"),
        (kept_values, "_is_same_maker", keeps_nothing, {"kept"}, 1, "was made anew, and its maker has not changed"),
        (unloaded, "is_module", asks_for_classes, {"proxy"}, 4, "the loader has asked for __class__"),
        (DataFiles, "look", sees_no_data, {"data"}, 1, "is values: DATA"),
    ],
)
def test_a_build_that_patches_too_little_or_wrongly_is_found(
    place, method, fault, subjects, seed, said, tmp_path, monkeypatch
):
    monkeypatch.setattr(place, method, fault(getattr(place, method)))
    with pytest.raises(UntrueError) as raised:
        run_labelled(seed, 300, str(tmp_path), forks=True, subjects=frozenset(subjects))
    assert said in str(raised.value)


class Files:
    """A program that stays as it is."""

    def __init__(self, base, files):
        self.files = files
        disk = Disk(base)
        for file, text in self.texts().items():
            disk.write(file, text)

    def model(self):
        return PartsModel(self.files)

    def texts(self):
        return {file: part.render() for file, part in self.files.items()}


def test_what_the_test_itself_has_taken_out_is_no_fault_of_the_loader(tmp_path):
    """A package that fails leaves a module, of which somebody has a class who caught the error."""
    user = "try:\n    import app.pkg\nexcept RuntimeError:\n    pass\nfrom app.pkg.mod import Thing\n"
    files = {
        "pkg/__init__.py": part("from . import mod\nraise RuntimeError\n", "app.pkg.mod"),
        "pkg/mod.py": part("class Thing: pass\n"),
        "user.py": part(user, "app.pkg.mod"),
        "bad.py": part("raise RuntimeError\n"),
    }
    base = str(tmp_path / "app")
    session = Session(base, Files(base, files), forks=True)
    try:
        session.try_import("app.user")
        session.try_import("app.bad")
        session.note()
        there, gone = (
            ["class", "app.pkg.mod", "Thing", is_current, [["builtins", "object", True]]]
            for is_current in (True, False)
        )
        for plain in (there, gone):
            assert record("app.user", base, session.taken)["values"]["Thing"] == plain
        assert record("app.user", base)["values"]["Thing"] == gone
        session.flush()
    finally:
        session.close()
