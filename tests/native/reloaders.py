"""Runs all probes by a tool that reloads modules, in a process of its own: `reloaders.py TOOL FOLDER`. Prints JSON of what they show.

A tool is a function that prepares it, after the modules were imported or before, and returns what reloads a file.
"""

import contextlib
import io
import json
import os
import sys
import time
import types
from pathlib import Path

from probes import PROBES


def ours(folder, names):
    from pyautoload_wasm import AutoLoader

    loader = AutoLoader(folder, "project").setup().enable_reloading()
    return lambda path: loader.notify(str(path)).flush()


def by_ipython(mode):
    def prepare(folder, names):
        from IPython.core.interactiveshell import InteractiveShell

        shell = InteractiveShell()
        shell.run_line_magic("load_ext", "autoreload")
        shell.run_line_magic("autoreload", mode)
        shell.run_cell("\n".join(f"import {name}" for name in names))
        return lambda path: shell.run_cell("pass")

    return prepare


def by_jurigged(folder, names):
    # Its watcher and its colours, which nothing here needs.
    for name in ("blessed", "watchdog", "watchdog.events", "watchdog.observers", "watchdog.observers.polling"):
        sys.modules[name] = stub = types.ModuleType(name)
        stub.Terminal = stub.FileSystemEventHandler = stub.Observer = stub.PollingObserverVFS = type("Stub", (), {})
    from jurigged import registry

    registry.auto_register(lambda file: file.startswith(str(folder)))
    import_all(names)
    return lambda path: registry.get(str(path)).refresh()


def by_hmr(folder, names):
    from reactivity.hmr.core import HMR_CONTEXT, SyncReloader

    # The program that it runs again depends on all that the modules have.
    entry = folder.parent / "entry.py"
    uses = "[getattr(sys.modules[{0!r}], each, None) for each in dir(sys.modules[{0!r}])]\n"
    write(entry, "import sys\n" + "".join(f"import {name}\n" + uses.format(name) for name in names))
    reloader = SyncReloader(str(entry), [str(folder)])
    keep.append(HMR_CONTEXT.effect(reloader.run_entry_file))
    return lambda path: reloader.on_changes({path})


def by_liveimport(folder, names):
    import liveimport

    namespace = {}
    imports = "".join(f"import {name}\n" for name in names)
    exec(imports, namespace)
    liveimport.workspace(str(folder.parent))
    liveimport.register(namespace, imports)
    return lambda path: liveimport.sync()


def none(folder, names):
    return lambda path: None


TOOLS = {
    "pyautoload_wasm": ours,
    "%autoreload 2": by_ipython("2"),
    "%autoreload 2 --full": by_ipython("2 --full"),
    "jurigged": by_jurigged,
    "LiveImport": by_liveimport,
    "hmr": by_hmr,
    "a fresh import": none,
    "no tool": none,
}
#: What has to live as long as the process.
keep = []


def import_all(names):
    for name in names:
        __import__(name)


def write(path, source):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")


def shown(expression, namespace):
    try:
        return repr(eval(expression, namespace))
    except Exception as error:
        return type(error).__name__


def main(tool, folder):
    project = folder / "project"
    places = [project / f"probe{number}" for number in range(len(PROBES))]
    names = [f"project.{place.name}.{stem}" for place in places for stem in ("a", "b")]
    write(project / "__init__.py", "")
    for place, probe in zip(places, PROBES, strict=True):
        write(place / "__init__.py", "")
        write(place / "a.py", probe.after if tool == "a fresh import" and not probe.is_broken else probe.before)
        write(place / "b.py", probe.importer)
        # Tools look at the time of a file's last change, in whole seconds some of them.
        for file in place.iterdir():
            os.utime(file, (time.time() - 100, time.time() - 100))
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    seen = []
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        reload = TOOLS[tool](project, names)
        import_all(names)
        if tool.startswith("%autoreload"):
            reload(project)  # it notes the times of files first
        for place, probe in zip(places, PROBES, strict=True):
            namespace = {}
            modules(namespace, place.name)
            exec(probe.held, namespace)
            if TOOLS[tool] is not none:
                write(place / "a.py", probe.after)
                with contextlib.suppress(Exception):
                    reload(place / "a.py")
            modules(namespace, place.name)
            seen.append(shown(probe.look, namespace))
            if probe.is_broken:
                write(place / "a.py", probe.before)
    print(json.dumps(seen))


def modules(namespace, package):
    for stem in ("a", "b"):
        with contextlib.suppress(KeyError):
            namespace[stem] = sys.modules[f"project.{package}.{stem}"]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).resolve())
