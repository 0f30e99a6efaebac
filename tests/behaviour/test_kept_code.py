"""Code that is kept and sources that are read ahead: never those of another file than the one that is there."""

import mmap
import os
import shutil
import sys

import pytest

OLD, NEW = "NAME = 'Ada'\n", "NAME = 'Eve'\n"


def write(base):
    (base / "user.py").write_text(NEW)


def write_into_the_middle(base):
    with open(base / "user.py", "r+") as file:
        file.seek(8)
        file.write("Eve")


def write_by_descriptor(base):
    descriptor = os.open(base / "user.py", os.O_WRONLY)
    os.pwrite(descriptor, b"Eve", 8)
    os.close(descriptor)


def write_through_mapped_memory(base):
    with open(base / "user.py", "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[8:11] = b"Eve"
        mapped.flush()


def truncate_and_append(base):
    os.truncate(base / "user.py", 7)
    with open(base / "user.py", "a") as file:
        file.write("'Eve'\n")


def replace(base):
    (base / "new").write_text(NEW)
    os.replace(base / "new", base / "user.py")


def remove_and_make_anew(base):
    os.remove(base / "user.py")
    write(base)


def copy_over(base):
    (base / "new").write_text(NEW)
    shutil.copy2(base / "new", base / "user.py")


def put_a_link_in_its_place(base):
    (base / "new").write_text(NEW)
    os.remove(base / "user.py")
    os.symlink(base / "new", base / "user.py")


def rename_the_folder(base):
    os.rename(base, f"{base}.old")
    base.mkdir()
    write(base)


def put_a_linked_folder_in_its_place(base):
    shutil.copytree(base, f"{base}.new")
    with open(f"{base}.new/user.py", "w") as file:
        file.write(NEW)
    os.rename(base, f"{base}.old")
    os.symlink(f"{base}.new", base)


CHANGES = [
    write,
    write_into_the_middle,
    write_by_descriptor,
    write_through_mapped_memory,
    truncate_and_append,
    replace,
    remove_and_make_anew,
    copy_over,
    put_a_link_in_its_place,
    rename_the_folder,
    put_a_linked_folder_in_its_place,
]


@pytest.fixture
def imported(autoload, tmp_path):
    """Autoloads `app/user.py`, and imports it anew at each call. Returns what it defines."""
    autoload({"user.py": OLD})
    os.utime(tmp_path / "app/user.py", (10**9, 10**9))  # long ago: it does not pass for one that is being edited

    def imported():
        sys.modules.pop("app.user", None)
        return __import__("app.user").user.NAME

    return imported


@pytest.mark.smoke
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_file_is_seen_however_it_was_changed(imported, tmp_path, change):
    base = tmp_path / "app"
    assert [imported() for _ in range(3)] == ["Ada"] * 3
    change(base)
    assert [imported() for _ in range(3)] == ["Eve"] * 3
    (base / "log.txt").write_text("a change elsewhere")
    assert imported() == "Eve"


@pytest.mark.smoke
def test_a_changed_file_is_seen_after_python_s_memory_has_grown(imported, tmp_path):
    assert [imported() for _ in range(3)] == ["Ada"] * 3
    assert len(bytearray(300_000_000))
    os.mkdir(tmp_path / "app/new")
    assert imported() == "Ada"
    write(tmp_path / "app")
    assert imported() == "Eve"


@pytest.mark.smoke
def test_modules_that_write_others_while_they_are_imported_write_them_for_good(autoload, tmp_path):
    files = {f"module_{number}.py": f"NUMBER = {number}\n" for number in range(60)}
    files["module_20.py"] = """
        import os, pathlib
        here = pathlib.Path(__file__).parent
        (here / "module_30.py").write_text("NUMBER = 'written'")
        os.replace(here / "module_31.py", here / "module_32.py")
        os.remove(here / "module_33.py")
        (here / "module_60.py").write_text("NUMBER = 60")
        NUMBER = 20
    """
    autoload(files)
    seen = {}
    for number in range(61):
        try:
            seen[number] = __import__(f"app.module_{number}", fromlist=["NUMBER"]).NUMBER
        except ModuleNotFoundError:
            seen[number] = "gone"
    changed = {30: "written", 31: "gone", 32: 31, 33: "gone"}
    assert seen == {number: changed.get(number, number) for number in range(61)}


@pytest.mark.smoke
def test_all_modules_of_a_directory_are_what_their_files_say(autoload, tmp_path):
    texts = [*"aß日🐍", "", "x" * 5000, "# coding: latin-1 ok"]
    files = {f"deep/module_{number}.py": f"TEXT = {texts[number % len(texts)]!r}\n" for number in range(80)}
    files["deep/latin.py"] = "# coding: latin-1\nTEXT = 'é'\n".encode("latin-1")
    files["deep/blank.py"] = ""
    files["deep/module_7/__init__.py"] = "TEXT = 'a package'\n"
    loader = autoload(files)
    os.symlink(tmp_path / "app/deep/module_1.py", tmp_path / "app/deep/linked.py")
    names = [f"module_{number}" for number in range(80)]
    expected = {name: texts[number % len(texts)] for number, name in enumerate(names)}
    expected |= {"latin": "é", "module_7": "a package", "linked": texts[1]}
    modules = {name: __import__(f"app.deep.{name}", fromlist=["TEXT"]) for name in [*names, "latin", "blank", "linked"]}
    assert {name: module.TEXT for name, module in modules.items() if name != "blank"} == expected
    for name, module in modules.items():
        record = loader.registry[f"app.deep.{name}"]
        assert record.mtime == pytest.approx(os.stat(module.__file__).st_mtime, abs=1e-6), name
