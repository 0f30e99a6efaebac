"""A thousand reloads of one module take no more memory than a hundred: allocated blocks, objects, what the process holds."""

import gc
import sys

import pytest

FILES = {
    "__init__.py": "",
    "user.py": "class User:\n    def greet(self): return 'hello'\n",
    "admin.py": "from .user import User\nclass Admin(User): pass\nADMIN = Admin()\n",
    "views.py": "import app.admin\nTEXT = app.admin.ADMIN.greet()\n",
}
WARM, ROUNDS = 100, 1000


def resident_kilobytes():
    """What the process holds, the engine's memory included; None where nobody says."""
    try:
        with open("/proc/self/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmRSS:")), None)
    except OSError:
        return None


def measure():
    gc.collect()
    gc.collect()
    return sys.getallocatedblocks(), len(gc.get_objects()), resident_kilobytes()


def assert_flat(before, after):
    for unit, was, now in zip(("blocks", "objects", "kilobytes resident"), before, after, strict=True):
        if was is not None:
            assert now <= was * 1.05, f"{was} {unit} after {WARM} rounds, {now} after {ROUNDS}"
    # A twentieth of what Python itself takes would hide a leak: not even one block or object stays of each round.
    for unit, was, now in zip(("blocks", "objects"), before[:2], after[:2], strict=True):
        assert now - was < (ROUNDS - WARM) / 2, f"{now - was} {unit} stay of {ROUNDS - WARM} rounds"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="nothing is patched before Python 3.12")
def test_memory_is_flat_over_a_thousand_patches(autoload):
    loader = autoload(FILES).enable_reloading()
    path = f"{loader.roots[0].path}/admin.py"
    import app.views

    held = [app.admin.ADMIN, app.admin.Admin]
    source = (
        "from .user import User\nclass Admin(User):\n    def more(self): return [lambda: {0}, {0}]\nADMIN = Admin()\n"
    )
    with open(path, "w", encoding="utf-8") as file:
        file.write(source.format("'0000!'"))
    loader.notify(path)
    loader.flush()
    held += [app.admin.ADMIN.more(), app.admin.ADMIN.more]

    def patch(number):
        with open(path, "w", encoding="utf-8") as file:
            file.write(source.format(f"'{number:04}!'"))
        loader.notify(path)
        assert list(loader.flush().patched) == ["app.admin"]

    for number in range(WARM):
        patch(number + 1)
    before = measure()
    for number in range(WARM, ROUNDS):
        patch(number + 1)
    after = measure()
    assert held[2][0]() == held[3]()[1] == f"{ROUNDS:04}!"
    assert_flat(before, after)


@pytest.mark.parametrize("objects", ["stay", "follow"])
def test_memory_is_flat_over_a_thousand_reloads(autoload, objects):
    loader = autoload(FILES).enable_reloading(objects=objects)
    path = f"{loader.roots[0].path}/user.py"
    import app.views

    names = {"app": app, "User": app.user.User, "Admin": app.admin.Admin}
    loader.track(names)
    # What others hold, and nobody tracks.
    held = [app.user.User, app.user.User(), app.user.User().greet, (app.admin.Admin(),)]

    def reload(number):
        # Instances of the class that goes, in a cycle with it.
        names["USER"] = user = app.user.User()
        user.me = user
        with open(path, "w", encoding="utf-8") as file:
            # Of one length, since longer files are no leak; no identifier, since CPython 3.12 keeps strings that are one for ever.
            file.write(FILES["user.py"].replace("hello", f"{number:04}!"))
        loader.notify(path)
        assert len(loader.flush().reloaded) == 3

    for number in range(WARM):
        reload(number)
    before = measure()
    for number in range(WARM, ROUNDS):
        reload(number)
    after = measure()
    assert f"{ROUNDS - 1:04}!" == sys.modules["app.views"].TEXT
    assert names["User"] is sys.modules["app.user"].User
    assert (type(held[1]) is held[0] is names["User"]) == (objects == "follow")
    assert_flat(before, after)
