"""Ignored by `loader.ignore("tmp")`: it would fail if it were loaded."""

raise RuntimeError("this file is ignored and never executed")
