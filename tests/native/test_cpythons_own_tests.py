"""CPython's own tests of its import system give the same results with a loader installed as without."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

SUITES = [
    "test_importlib",
    "test_import",
    "test_pkgutil",
    "test_runpy",
    "test_zipimport",
    "test_inspect",
    "test_linecache",
]

#: Runs the suites in one process, and prints the outcome of each test as JSON.
RUN = """
import json, sys, unittest
folder, *suites = sys.argv[1:]
if folder:
    from pyautoload_wasm import AutoLoader
    AutoLoader(folder, "a_project").enable_reloading().setup()
    import a_project.models
    a_project.models.User


class Outcomes(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.outcomes = {}

    def stopTest(self, test):
        super().stopTest(test)
        self.outcomes.setdefault(test.id(), "passed")

    def addError(self, test, error):
        self.outcomes[test.id()] = f"error: {error[1]!r}"[:300]

    def addFailure(self, test, error):
        self.outcomes[test.id()] = f"failed: {error[1]!r}"[:300]

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.outcomes[subtest.id()] = f"failed: {error[1]!r}"[:300]

    def addSkip(self, test, reason):
        self.outcomes[test.id()] = "skipped"


result = Outcomes()
for suite in suites:
    unittest.defaultTestLoader.loadTestsFromName(f"test.{suite}").run(result)
print(json.dumps(result.outcomes))
"""


def start(folder, cwd):
    cwd.mkdir()
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", RUN, folder, *SUITES],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
    )


@pytest.mark.skipif(find_spec("test.test_importlib") is None, reason="this Python was installed without its own tests")
def test_python_s_own_tests_do_not_notice_a_loader(tmp_path):
    (tmp_path / "a_project/models").mkdir(parents=True)
    (tmp_path / "a_project/models/user.py").write_text("class User: pass\n")
    runs = [start("", tmp_path / "without"), start(str(tmp_path / "a_project"), tmp_path / "with")]
    outcomes = []
    for run in runs:
        out, error = run.communicate()
        assert run.returncode == 0, error
        outcomes.append(json.loads(out.splitlines()[-1]))
    without, with_a_loader = outcomes
    assert len(without) > 1500
    assert {
        name: (outcome, with_a_loader.get(name))
        for name, outcome in without.items()
        if with_a_loader.get(name) != outcome
    } == {}
    assert set(with_a_loader) == set(without)
    assert sum(outcome == "passed" for outcome in without.values()) > 1400
