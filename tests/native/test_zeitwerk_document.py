"""docs/zeitwerk.md keeps its word: its counts are right, every test that it names exists, and no row is without a test or a reason."""

import re
from collections import Counter
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TEXT = (TOP / "docs/zeitwerk.md").read_text(encoding="utf-8")


def table(heading):
    """The rows of the table whose first line is given."""
    lines = iter(TEXT.splitlines())
    assert heading in lines
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    assert rows
    return rows


METHODS = table("| Zeitwerk | here | shown by |")
FILES = table("| file | tests | carried over | no counterpart |")
SCENARIOS = table("| file | tests | scenario | here |")
REASONS = set(re.findall(r"^- \*\*(\w+)\*\*: ", TEXT, re.MULTILINE))


def existing_tests():
    files = [*(TOP / "tests/behaviour").glob("test_*.py"), *(TOP / "tests/native").glob("test_*.py")]
    return {
        name
        for file in files
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(test_\w+)`", " ".join([row[2] for row in METHODS] + [row[3] for row in SCENARIOS])))
    assert named - existing_tests() == set()
    assert len(named) > 100


def test_no_row_is_without_a_test_or_a_reason():
    for row in METHODS:
        assert re.fullmatch(r"`test_\w+`(, `test_\w+`)*", row[2]), row
    for row in SCENARIOS:
        assert re.fullmatch(r"`test_\w+`(, `test_\w+`)*|no counterpart: \*\*\w+\*\*", row[3]), row


def test_every_reason_is_given_and_used():
    assert {row[3].split("**")[1] for row in SCENARIOS if "no counterpart" in row[3]} == REASONS


def test_the_counts_add_up():
    carried, without = Counter(), Counter()
    for file, count, _, here in SCENARIOS:
        (without if "no counterpart" in here else carried)[file] += int(count)
    *files, total = FILES
    for file, tests, over, none in files:
        assert (int(tests), int(over), int(none)) == (carried[file] + without[file], carried[file], without[file]), file
    assert {row[0] for row in files} == {row[0] for row in SCENARIOS}
    assert [int(cell) for cell in total[1:]] == [sum(int(row[place]) for row in files) for place in (1, 2, 3)]
    words = re.search(
        r"has (\d+) tests in (\d+) files\. (\d+) of them are carried over, .*; (\d+) have no counterpart", TEXT
    )
    assert [int(word) for word in words.groups()] == [int(total[1]), len(files), int(total[2]), int(total[3])]
    assert int(total[1]) == 513
