"""Where nothing tells which functions ran, each edit is an execution, and the report says why."""

import sys

from pyautoload_wasm._imports import ran


def test_an_edit_is_an_execution_where_nothing_can_be_observed(project, monkeypatch):
    monkeypatch.setattr(ran, "can_observe", lambda: False)
    app = project({"lib.py": "STATE = []\ndef f(): return 1\n"}, "app.lib")
    report = app.write("lib.py", "STATE = []\ndef f(): return 2\n").flush()
    why = (
        "Python tells what runs from 3.12 on"
        if sys.version_info < (3, 12)
        else "other tools have taken all that tells what runs"
    )
    assert report.reloaded == {"app.lib": f"its file has changed, and {why}"}
    assert report.patched == {}
    assert sys.modules["app.lib"].f() == 2


def test_other_tools_may_have_taken_all_ids(monkeypatch):
    class Taken:
        @staticmethod
        def get_tool(number):
            return "another"

    monkeypatch.setattr(ran, "_tool", None)
    monkeypatch.setattr(ran, "_monitoring", Taken)
    assert not ran.can_observe()
