"""A notebook's user: runs cells in a kernel, and edits files as editors do."""

import os
import re
import shutil
import subprocess
import textwrap

from jupyter_client import KernelManager

#: No cell takes as long as this, unless it hangs.
PATIENCE = 30

#: What a notebook's first cell is, by README's recipe.
RECIPE = "%load_ext pyautoload_wasm\n%autoload shop"

#: Brings the kernel to where it was when it started, so that the next notebook finds nothing of this one.
CLEAN = """
import sys
_shell = get_ipython()
if "pyautoload_wasm" in sys.modules:
    for _loader in sys.modules["pyautoload_wasm"].AutoLoader.loaders():
        _loader.teardown()
_shell.extension_manager.unload_extension("pyautoload_wasm")
for _name, _module in list(sys.modules.items()):
    if {folder!r} in f"{{getattr(_module, '__file__', '')}} {{getattr(_module, '__path__', '')}}":
        del sys.modules[_name]
sys.path[:] = [_entry for _entry in sys.path if not _entry.startswith({folder!r})]
sys.path_importer_cache.clear()
if "AutoreloadMagics" in _shell.magics_manager.registry:
    _autoreload = _shell.magics_manager.registry["AutoreloadMagics"]
    _autoreload._reloader.modules_mtimes.clear()
    _autoreload.loaded_modules.clear()
_shell.reset(new_session=True)
"""


class Kernel:
    """A running kernel."""

    def __init__(self, folder):
        env = os.environ | {"IPYTHONDIR": f"{folder}/ipython", "JUPYTER_RUNTIME_DIR": f"{folder}/runtime"}
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(folder), env=env, stderr=subprocess.DEVNULL)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE)

    def execute(self, code, **options):
        """Runs a cell. Returns what it shows and prints, and the error if it raises one."""
        shown = []
        errors = []

        def take(message):
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                shown.append(content["text"])
            elif kind == "execute_result":
                shown.append(content["data"]["text/plain"] + "\n")

        reply = self._client.execute_interactive(code, output_hook=take, timeout=PATIENCE, allow_stdin=False, **options)
        if reply["content"]["status"] == "error":
            errors.append(f"{reply['content']['ename']}: {reply['content']['evalue']}")
        return "".join(shown), errors

    def complete(self, code):
        """What Tab offers at the end of a cell."""
        content = self._client.complete(code, reply=True, timeout=PATIENCE)["content"]
        assert content["status"] == "ok", content
        start = content["cursor_start"]
        return [code[:start] + match for match in content["matches"]]

    def inspect(self, code, detail_level):
        """What Shift+Tab shows of a name."""
        content = self._client.inspect(code, detail_level=detail_level, reply=True, timeout=PATIENCE)["content"]
        return re.sub(r"\x1b\[[\d;]*m", "", content["data"]["text/plain"]) if content["found"] else ""

    def close(self):
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


class CellError(AssertionError):
    """A cell has raised."""


class Notebook:
    """A notebook, with the files beside it."""

    def __init__(self, kernel, folder):
        self.kernel = kernel
        self.folder = folder
        self.cell(f"import os; os.chdir({folder!r}); del os")

    def __call__(self, files):
        for name, source in files.items():
            self.save(name, source)
        return self

    def cell(self, code):
        """Runs a cell. Returns what it shows and prints. Raises CellError where it raises."""
        shown, errors = self.kernel.execute(textwrap.dedent(code))
        if errors:
            raise CellError(f"{errors[0]}\n{shown}")
        return shown.rstrip("\n")

    def error(self, code):
        """Runs a cell that raises. Returns the error, and what was shown."""
        shown, errors = self.kernel.execute(textwrap.dedent(code))
        assert errors, shown
        return errors[0], shown

    def path(self, name):
        return os.path.join(self.folder, name)

    def save(self, name, source):
        """Saves a file as editors do: beside the old one, and then in its place."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(f"{path}.swp", "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(source))
        os.replace(f"{path}.swp", path)

    def write(self, name, source):
        """Writes over a file."""
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(source))

    def delete(self, name):
        path = self.path(name)
        (shutil.rmtree if os.path.isdir(path) else os.remove)(path)

    def close(self):
        shown, errors = self.kernel.execute(CLEAN.format(folder=self.folder), silent=True)
        assert not errors, (errors, shown)
