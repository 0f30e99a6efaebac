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

    def measure():
        gc.collect()
        gc.collect()
        return sys.getallocatedblocks(), len(gc.get_objects()), resident_kilobytes()

    for number in range(WARM):
        reload(number)
    before = measure()
    for number in range(WARM, ROUNDS):
        reload(number)
    after = measure()
    assert f"{ROUNDS - 1:04}!" == sys.modules["app.views"].TEXT
    assert names["User"] is sys.modules["app.user"].User
    assert (type(held[1]) is held[0] is names["User"]) == (objects == "follow")
    for unit, was, now in zip(("blocks", "objects", "kilobytes resident"), before, after, strict=True):
        if was is not None:
            assert now <= was * 1.05, f"{was} {unit} after {WARM} reloads, {now} after {ROUNDS}"
    # A twentieth of what Python itself takes would hide a leak: not even one block or object stays of each reload.
    for unit, was, now in zip(("blocks", "objects"), before[:2], after[:2], strict=True):
        assert now - was < (ROUNDS - WARM) / 2, f"{now - was} {unit} stay of {ROUNDS - WARM} reloads"
