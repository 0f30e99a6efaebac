"""Packages on a desktop, where pip installs them."""

import asyncio

import pytest
from pyautoload_wasm import AutoLoader, AutoloadError


def test_outside_of_pyodide_the_error_says_what_to_install(tmp_path):
    (tmp_path / "requirements.txt").write_text("absent_one>=1\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/a.py").write_text("import absent_one\n")
    with AutoLoader(tmp_path / "app", "app") as loader, pytest.raises(AutoloadError) as caught:
        asyncio.run(loader.load_packages())
    assert str(caught.value) == (
        "load_packages() works in Pyodide alone; here install what is missing: pip install 'absent_one>=1'"
    )
