"""A loaded project whose files can be edited, each edit with its event."""

import os
import shutil
import sys
import textwrap

#: An app in which views import admin, and admin imports user.
SHOP = {
    "__init__.py": "",
    "models/user.py": "class User:\n    def greet(self): return 'hello'\n",
    "models/admin.py": "from .user import User\nclass Admin(User): pass\n",
    "views.py": "import app.models.admin\nGREETING = app.models.admin.Admin().greet()\n",
    "other.py": "RUNS = []\n",
}


def changed_at(line):
    """Why a module is executed of which a line at module level was edited."""
    if sys.version_info < (3, 12):
        return "its file has changed, and Python tells what runs from 3.12 on"
    return f"changed at module level, line {line}"


class Project:
    """`names` are imported when it is made."""

    def __init__(self, loader, names=()):
        self.loader = loader.enable_reloading()
        self.base = loader.roots[0].path
        for name in names:
            __import__(name)

    def path(self, name):
        return f"{self.base}/{name}"

    def put(self, name, source):
        """Writes a file, without an event."""
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(source))
        return self

    def write(self, name, source):
        self.put(name, source).loader.notify(self.path(name))
        return self

    def delete(self, name):
        path = self.path(name)
        (shutil.rmtree if os.path.isdir(path) else os.remove)(path)
        self.loader.notify(path)
        return self

    def rename(self, name, to):
        os.makedirs(os.path.dirname(self.path(to)), exist_ok=True)
        os.rename(self.path(name), self.path(to))
        self.loader.notify(self.path(name), self.path(to))
        return self

    def flush(self):
        return self.loader.flush()


def held(app):
    """What fails, and what each failure holds back."""
    return {failed.name: failed.held for failed in app.flush().failed}


def value(name):
    """What a module has as `VALUE`."""
    return sys.modules[name].VALUE
