"""A profile where several threads import: each has its own chain of imports."""

import json
import threading

from pyautoload_wasm import AutoLoader

#: A module that waits, while it is imported, until another thread imports one as well.
WAITS = "import builtins\nbuiltins.barrier_of_profile.wait(10)\nimport app.inner_{name}\n"


def test_threads_are_measured_apart(tmp_path, monkeypatch):
    import builtins

    monkeypatch.setattr(builtins, "barrier_of_profile", threading.Barrier(2), raising=False)
    (tmp_path / "app").mkdir()
    for name in ("a", "b"):
        (tmp_path / f"app/{name}.py").write_text(WAITS.format(name=name))
        (tmp_path / f"app/inner_{name}.py").write_text("")
    with AutoLoader(tmp_path / "app", "app") as loader:
        __import__("app")
        with loader.profile() as profile:
            threads = [threading.Thread(target=__import__, args=(f"app.{name}",)) for name in ("a", "b")]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert [profile.chain(f"app.inner_{name}") for name in ("a", "b")] == [
        ["app.a", "app.inner_a"],
        ["app.b", "app.inner_b"],
    ]
    file = json.loads(json.dumps(profile.speedscope()))
    assert [thread["name"] for thread in file["profiles"]] == ["thread 1", "thread 2"]
