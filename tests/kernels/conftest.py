"""A real kernel, as a notebook starts one: the tests are its frontend, and the editor beside it."""

import os

import pytest
from kernel import Kernel, Notebook


@pytest.fixture(scope="session")
def kernel(tmp_path_factory):
    """One kernel for all tests: to start one takes seconds. Nobody's profile or start-up files have a part in it."""
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    yield kernel
    kernel.close()


@pytest.fixture
def notebook(kernel, tmp_path):
    """A new notebook in a folder of its own: `notebook(files)` writes these there."""
    notebook = Notebook(kernel, os.path.realpath(tmp_path))
    yield notebook
    notebook.close()
