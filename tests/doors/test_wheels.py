"""The wheels and the npm package hold one facade; the wheels describe themselves alike; the stubs are true."""

import email
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tomllib
import zipfile

import packaging.utils
import pytest

TOP = pathlib.Path(__file__).parents[2]
FACADE = TOP / "python" / "pyautoload_wasm"


def wheels():
    found = sorted((TOP / "dist").glob("*.whl"))
    assert len(found) == 3, f"dist/ has {len(found)} wheels, not two for Pyodide and one native: run 'make build'"
    return found


def for_pyodide():
    return [wheel for wheel in wheels() if wheel.name.endswith("_wasm32.whl")]


def facade_of(wheel):
    with zipfile.ZipFile(wheel) as files:
        return {
            name.removeprefix("pyautoload_wasm/"): files.read(name).decode()
            for name in files.namelist()
            if name.startswith("pyautoload_wasm/") and not name.endswith((".so", ".js"))
        }


def metadata_of(wheel):
    with zipfile.ZipFile(wheel) as files:
        (name,) = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(files.read(name))


def sources():
    files = [path for path in FACADE.rglob("*") if path.is_file() and path.suffix in (".py", ".pyi", ".typed", "")]
    return {str(path.relative_to(FACADE)): path.read_text(encoding="utf-8") for path in files}


def test_the_wheels_hold_the_facade_of_this_clone_with_py_typed_and_stubs():
    for wheel in wheels():
        facade = facade_of(wheel)
        assert {"py.typed", "_engine.pyi", "__init__.py"} <= set(facade)
        assert facade == {name: text for name, text in sources().items() if not name.endswith(".pyc")}


def test_the_wheels_for_pyodide_bring_the_scripts_of_the_npm_package():
    brought = {}
    for wheel in wheels():
        with zipfile.ZipFile(wheel) as files:
            inside = [name for name in files.namelist() if name.startswith("pyautoload_wasm/")]
            scripts = {name: files.read(name) for name in inside if name.endswith(".js")}
        assert bool(scripts) == wheel.name.endswith("_wasm32.whl")
        brought.update(scripts)
    names = ("changes.js", "drive.js", "memfs.js", "storage.js", "vfs.js", "watch.js")
    assert brought == {f"pyautoload_wasm/{name}": (TOP / "pkg" / name).read_bytes() for name in names}


def test_the_native_wheel_alone_brings_the_extension_for_jupyterlite_and_in_it_the_wheel_for_pyodide():
    (carried,) = [wheel for wheel in for_pyodide() if "-pyemscripten_" in wheel.name]
    for wheel in wheels():
        with zipfile.ZipFile(wheel) as files:
            brought = {name: files.read(name) for name in files.namelist() if ".data/" in name}
        if wheel in for_pyodide():
            assert not brought
            continue
        top = f"pyautoload_wasm-{manifest()['version']}.data/data/share/jupyter/labextensions/pyautoload-wasm/"
        files = {name.removeprefix(top): content for name, content in brought.items()}
        assert set(files) == {
            "package.json",
            "static/extension.js",
            "static/pypi/all.json",
            f"static/pypi/{carried.name}",
        }
        assert files[f"static/pypi/{carried.name}"] == carried.read_bytes()
        assert files["static/extension.js"] == (TOP / "labextension" / "extension.js").read_bytes()
        assert json.loads(files["package.json"])["version"] == manifest()["version"]
        (release,) = json.loads(files["static/pypi/all.json"])["pyautoload-wasm"]["releases"][manifest()["version"]]
        assert release["url"] == f"./{carried.name}"
        assert release["digests"]["sha256"] == hashlib.sha256(carried.read_bytes()).hexdigest()


def test_watching_a_desktop_is_an_extra():
    metadata = metadata_of(wheels()[0])
    assert metadata.get_all("Provides-Extra") == ["watch"]
    assert metadata.get_all("Requires-Dist") == ["watchfiles>=1 ; extra == 'watch'"]


def test_the_npm_package_holds_the_same_python_files():
    script = "import { files } from './pkg/facade.js'; process.stdout.write(JSON.stringify(files))"
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script], cwd=TOP, capture_output=True, text=True, check=True
    )
    files = json.loads(done.stdout)
    facade = facade_of(wheels()[0])
    assert {name for name in facade if name.endswith(".py")} == {name for name in files if name.endswith(".py")}
    assert {name: facade[name] for name in files} == files


def manifest():
    cargo = tomllib.loads((TOP / "Cargo.toml").read_text())
    return cargo["package"] | cargo["workspace"]["package"]


def test_the_wheels_have_one_metadata():
    first, *others = [sorted((key, value) for key, value in metadata_of(wheel).items()) for wheel in wheels()]
    assert others == [first, first]
    assert len({metadata_of(wheel).get_payload() for wheel in wheels()}) == 1


def test_the_wheels_for_pyodide_are_one_but_for_their_tags():
    first, second = [zipfile.ZipFile(wheel) for wheel in for_pyodide()]
    assert first.namelist() == second.namelist()
    different = {name for name in first.namelist() if first.read(name) != second.read(name)}
    assert {name.rsplit("/")[-1] for name in different} == {"WHEEL", "RECORD"}


def test_each_wheel_names_in_its_file_name_the_tags_that_it_has():
    for wheel in wheels():
        with zipfile.ZipFile(wheel) as files:
            (name,) = [name for name in files.namelist() if name.endswith(".dist-info/WHEEL")]
            tags = email.message_from_bytes(files.read(name)).get_all("Tag")
        assert set(tags) == {str(tag) for tag in packaging.utils.parse_wheel_filename(wheel.name)[3]}


def test_pypi_takes_the_tags_of_one_wheel_for_pyodide_and_none_of_the_other():
    # PEP 783: what PyPI accepts of Emscripten.
    known = [re.findall(r"pyemscripten_\d+_\d+_wasm32", wheel.name) for wheel in for_pyodide()]
    all_tags = [wheel.stem.split("-")[-1].split(".") for wheel in for_pyodide()]
    assert sorted(known) == sorted([[], next(tags for tags in all_tags if "emscripten_3_1_45_wasm32" not in tags)])


def test_the_metadata_is_that_of_the_manifests():
    cargo = manifest()
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    metadata = metadata_of(wheels()[0])
    assert metadata["Name"].replace("-", "_") == cargo["name"] == project["name"]
    assert metadata["Version"] == cargo["version"]
    assert metadata["License-Expression"] == cargo["license"] == project["license"]
    assert metadata["Requires-Python"] == project["requires-python"]
    assert metadata["Summary"] == cargo["description"] == project["description"]
    assert metadata.get_all("Classifier") == project["classifiers"]
    urls = dict(url.split(", ") for url in metadata.get_all("Project-URL"))
    assert urls == project["urls"]
    assert cargo["repository"] == urls["Source"]


def test_the_engine_has_the_version_of_the_manifest():
    from pyautoload_wasm import engine_info

    assert engine_info() == {"door": "extension", "version": manifest()["version"]}


@pytest.mark.parametrize("module", ["pyautoload_wasm._engine"])
def test_the_stubs_are_those_of_the_extension(module, tmp_path):
    # Outside the clone, or mypy would take the sources for the package.
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", module], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
