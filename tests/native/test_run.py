"""``python -m pyautoload_wasm run main.py`` is ``python main.py`` with autoloading, and with ``--watch`` edits are reloaded."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from functools import partial

import pytest

#: No program takes as long as this, unless it hangs.
PATIENCE = 60

SHOWS_ITSELF = """
    import os, sys
    print(sys.argv, sys.path, __name__, __file__, __spec__, __package__, __doc__, type(__loader__).__name__, __loader__.name)
    print(sorted(globals()))
    print(__builtins__, sys.modules["__main__"].__dict__ is globals(), os.getcwd())
    class Here: pass
    print(Here.__module__, Here)
    import inspect, pickle
    print(inspect.getsource(Here), pickle.loads(pickle.dumps(Here)) is Here)
    def f(a: Unknown): pass
    print(f)
    """


@pytest.fixture
def write(tmp_path):
    def write(files):
        for name, source in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            # At once: a file that is still empty would be a module, too.
            new = file.with_name(f"{file.name}.new")
            new.write_text(textwrap.dedent(source), encoding="utf-8")
            new.replace(file)
        return tmp_path

    return write


def outcome(command, folder, **options):
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False, **options)
    return ran.returncode, ran.stdout, ran.stderr


def plainly(folder, *arguments, **options):
    return outcome([sys.executable, *arguments], folder, **options)


def run(folder, *arguments, **options):
    return outcome([sys.executable, "-m", "pyautoload_wasm", "run", *arguments], folder, **options)


@pytest.mark.parametrize(
    "source",
    [
        SHOWS_ITSELF.replace("    def f(a: Unknown): pass\n    print(f)\n", ""),
        SHOWS_ITSELF,  # a NameError
        "1 / 0\n",
        "def f():\n    raise KeyError('x') from ValueError('y')\nf()\n",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    import nothing_like_it\n",
        "x = (\n",
        "import broken\n",
        "import sys\nsys.exit()\n",
        "import sys\nsys.exit(3)\n",
        "import sys\nsys.exit('sorry')\n",
        "raise SystemExit(True)\n",
        "import os, signal, atexit\natexit.register(print, 'atexit')\nos.kill(os.getpid(), signal.SIGINT)\n",
        "import sys\nsys.excepthook = lambda *error: print('hook', error[:2])\n1 / 0\n",
        "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()\nprint('main')\n",
        "raise ExceptionGroup('several', [ValueError(1), KeyError(2)])\n",
        "print(input())\nprint(input())\n",
    ],
)
def test_it_behaves_as_python_does(write, source):
    folder = write({"sub/main.py": source, "sub/broken.py": "def f(:\n"})
    arguments = ["sub/main.py", "a", "--watch", "-x", "run"]
    assert run(folder, *arguments, input="one\n") == plainly(folder, *arguments, input="one\n")


def test_a_folder_runs_its_main_module(write):
    folder = write(
        {"sub/__main__.py": "import sys\nprint(sys.argv, sys.path[0], __file__)\nimport helper\n", "sub/helper.py": ""}
    )
    assert run(folder, "sub", "a") == plainly(folder, "sub", "a")


def test_a_file_that_is_not_there(write):
    folder = write({})
    assert run(folder, "nope.py") == (
        2,
        "",
        f"pyautoload_wasm: can't open file '{folder}/nope.py': [Errno 2] No such file or directory\n",
    )


def test_modules_beside_the_program_autoload(write):
    main = "import models\nprint(models.User().name, models.user.__file__)\nfrom shop.tools import Hammer\nprint(Hammer.__module__)\n"
    folder = write(
        {
            "main.py": main,
            "models/user.py": "class User:\n    name = 'ada'\n",
            "shop/tools/hammer.py": "class Hammer: pass\n",
            "later.py": "",
        }
    )
    elsewhere = folder.parent
    assert run(elsewhere, str(folder / "main.py")) == (0, f"ada {folder}/models/user.py\nshop.tools.hammer\n", "")


def test_a_program_that_sets_up_a_loader_of_its_own_has_that_one(write):
    main = """
        import config
        from pyautoload_wasm import AutoLoader
        loader = AutoLoader("myapp", "myapp").setup()
        import myapp
        print(myapp.User.name, AutoLoader.loaders() == (loader,), config.X)
        """
    folder = write({"main.py": main, "config.py": "X = 1\n", "myapp/user.py": "class User:\n    name = 'ada'\n"})
    assert run(folder, "main.py") == (0, "ada True 1\n", "")


def test_processes_that_it_starts_find_its_modules(write):
    main = """
        import multiprocessing
        import work
        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(work.Double.of, range(3)))
        """
    folder = write(
        {"main.py": main, "work/double.py": "class Double:\n    @staticmethod\n    def of(x): return 2 * x\n"}
    )
    assert run(folder, "main.py") == (0, "[0, 2, 4]\n", "")


# Watching

CLOCK = """
    import sqlite3, sys, threading, time
    from tool import VALUE
    import tool
    print("ready", flush=True)
    end = time.monotonic() + 50
    {wait}
    print(tool.VALUE, sys.modules["tool"].THREAD is threading.main_thread(), flush=True)
    sys.modules["tool"].CONNECTION.execute("select 1")
    """
TOOL = "import sqlite3, threading\nCONNECTION = sqlite3.connect(':memory:')\nTHREAD = threading.current_thread()\nVALUE = {}\n"


def watched(folder, edit, *arguments):
    """Runs a program, edits a file when it says that it is ready, and returns what it prints, its errors and its status."""
    command = [sys.executable, "-u", "-m", "pyautoload_wasm", "run", "--watch", *arguments]
    pipe = subprocess.PIPE
    # A shell lets what it runs in the background ignore interrupts, and that is inherited.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True, preexec_fn=heed) as program:
        try:
            assert program.stdout.readline() == "ready\n"
            edit(program)
            out, errors = program.communicate(timeout=PATIENCE)
        finally:
            program.kill()
    return out, errors, program.returncode


@pytest.mark.parametrize(
    "wait",
    [
        "while sys.modules['tool'].VALUE == VALUE and time.monotonic() < end: pass",
        "while sys.modules['tool'].VALUE == VALUE and time.monotonic() < end: time.sleep(0.01)",
        # While the module is executed anew it has no VALUE yet.
        "threading.Thread(target=lambda: [time.sleep(0.01) for _ in"
        " iter(lambda: getattr(sys.modules['tool'], 'VALUE', VALUE) == VALUE, False)]).start();"
        "[thread.join() for thread in threading.enumerate() if thread.name.startswith('Thread')]",
    ],
    ids=["busy", "asleep", "waiting for a thread"],
)
def test_an_edit_is_reloaded_in_the_main_thread_whatever_that_does(write, wait):
    main = (
        textwrap.dedent(CLOCK)
        .replace("{wait}", wait)
        .replace("print(tool.VALUE", "tool = sys.modules['tool']\nprint(tool.VALUE")
    )
    folder = write({"main.py": main, "tool.py": TOOL.format(1)})
    out, errors, status = watched(folder, lambda program: write({"tool.py": TOOL.format(22)}), "main.py")
    assert (out, status) == ("22 True\n", 0)
    assert errors == "pyautoload_wasm: reloaded tool\n"


def test_an_asyncio_program_is_reloaded_between_the_turns_of_its_loop(write):
    main = """
        import asyncio, sys, threading, time
        import tool
        async def main():
            print("ready", flush=True)
            while sys.modules["tool"].VALUE == 1:
                before = sys.modules["tool"].VALUE
                time.sleep(0.02)
                assert sys.modules["tool"].VALUE == before, "in the middle of a turn"
                await asyncio.sleep(0)
            print(sys.modules["tool"].VALUE, sys.modules["tool"].THREAD is threading.main_thread(), sys.modules["tool"].LOOP)
        asyncio.run(asyncio.wait_for(main(), 50))
        """
    tool = TOOL + "import asyncio\nLOOP = asyncio._get_running_loop() is not None\n"
    folder = write({"main.py": main, "tool.py": tool.format(1)})
    out, errors, status = watched(folder, lambda program: write({"tool.py": tool.format(22)}), "main.py")
    assert (out, errors, status) == ("22 True True\n", "pyautoload_wasm: reloaded tool\n", 0)


def test_a_failure_is_said_once_and_old_code_runs_on(write):
    main = """
        import os, sys, time
        import tool
        print("ready", flush=True)
        while not os.path.exists("done"):
            time.sleep(0.01)
        print(sys.modules["tool"].VALUE)
        """
    folder = write({"main.py": main, "tool.py": "VALUE = 1\n"})

    def edit(program):
        write({"tool.py": "VALUE = 22\n1 / 0\n"})
        said = program.stderr.readline()
        assert said == "tool failed, line 2 (ZeroDivisionError: division by zero), old code runs on\n"
        write({"done": ""})

    assert watched(folder, edit, "main.py") == ("1\n", "", 0)


def test_an_edit_during_an_import_waits_for_its_end(write):
    main = """
        import sys, time
        import tool
        import slow
        while sys.modules["tool"].VALUE == 1:
            time.sleep(0.01)
        print(slow.SEEN, sys.modules["tool"].VALUE)
        """
    slow = "import sys, time\nprint('ready', flush=True)\ntime.sleep(1)\nSEEN = sys.modules['tool'].VALUE\n"
    folder = write({"main.py": main, "tool.py": "VALUE = 1\n", "slow.py": slow})
    out, _, status = watched(folder, lambda program: write({"tool.py": "VALUE = 22\n"}), "main.py")
    assert (out, status) == ("1 22\n", 0)


def test_an_interrupt_from_the_keyboard_ends_it(write):
    main = "import time, tool\ntry:\n    print('ready', flush=True)\n    time.sleep(50)\nfinally:\n    print('bye')\n"
    folder = write({"main.py": main, "tool.py": "VALUE = 1\n"})
    out, errors, status = watched(folder, lambda program: program.send_signal(signal.SIGINT), "main.py")
    assert (out, status) == ("bye\n", -signal.SIGINT)
    assert errors.splitlines()[-1] == "KeyboardInterrupt"
    assert "pyautoload_wasm" not in errors


def test_an_interrupt_while_a_changed_module_runs_ends_it_too(write):
    main = "import time, tool\nprint('ready', flush=True)\ntime.sleep(50)\n"
    folder = write({"main.py": main, "tool.py": "VALUE = 1\n"})

    def edit(program):
        write({"tool.py": "import time\nprint('reloading', flush=True)\ntime.sleep(50)\n"})
        assert program.stdout.readline() == "reloading\n"
        time.sleep(0.1)
        program.send_signal(signal.SIGINT)

    out, errors, status = watched(folder, edit, "main.py")
    assert (out, status) == ("", -signal.SIGINT)
    assert errors.splitlines()[-1] == "KeyboardInterrupt"


def test_it_ends_when_the_program_does(write):
    folder = write({"main.py": "print('ready')\n"})
    began = time.monotonic()
    assert watched(folder, lambda program: None, "main.py") == ("", "", 0)
    assert time.monotonic() - began < PATIENCE / 2


def test_without_watchfiles_it_says_what_to_install(write):
    folder = write({"main.py": "", "watchfiles/__init__.py": "raise ImportError\n"})
    status, _, errors = outcome(
        [sys.executable, "-m", "pyautoload_wasm", "run", "--watch", "main.py"],
        folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert status == 2
    assert "pip install pyautoload_wasm[watch]" in errors
