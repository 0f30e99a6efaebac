"""A module whose file is edited, held against what a patch and an execution leave."""

import sys


class Edited:
    """A module `app.lib` and its one importer, whose file is edited."""

    def __init__(self, project, source, user="import app.lib\n", **more):
        self.app = project({"lib.py": source, "user.py": user, **more}, "app.user")
        self.source = source
        self.module = sys.modules["app.lib"]

    def edit(self, *changes):
        for old, new in changes:
            assert old in self.source
            self.source = self.source.replace(old, new)
        return self.app.write("lib.py", self.source).flush()

    def patched(self, *changes):
        """Makes an edit that has to be a patch. Returns the names in the report."""
        before = dict(vars(self.module))
        user = sys.modules["app.user"]
        report = self.edit(*changes)
        assert (report.reloaded, report.failed, report.pending) == ({}, [], [])
        assert sys.modules["app.lib"] is self.module
        assert sys.modules["app.user"] is user
        for name, value in vars(self.module).items():
            if name != "__builtins__" and name in before:
                assert value is before[name]
        return report.patched["app.lib"]

    def executed(self, *changes):
        """Makes an edit that has to be an execution. Returns the reason."""
        report = self.edit(*changes)
        assert report.patched == {}
        assert list(report.reloaded) == ["app.lib", "app.user"]
        assert sys.modules["app.lib"] is not self.module
        self.module = sys.modules["app.lib"]
        return report.reloaded["app.lib"]
