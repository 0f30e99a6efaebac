"""Names as somebody may have misspelled them: which of thousands are worth comparing with a word, told by their letters."""

from __future__ import annotations

from collections.abc import Iterable

#: So many letters a word and a name may differ in, to be compared at all: what two edits can change.
_MOST_OTHER_LETTERS = 4
_MOST_OTHER_LENGTH = 2


def folded(name: str) -> str:
    """A name without case and underscores, in which a misspelling and the name are nearest. Signs beyond ASCII stay: they tell words
    of Hindi or Thai apart.
    """
    return "".join(sign for sign in name.casefold() if sign.isalnum() or not sign.isascii()) or name


def _letters(text: str) -> int:
    """The letters of a text as a set of bits: comparing two such numbers takes a tenth of a microsecond."""
    bits = 0
    for sign in text:
        bits |= 1 << (ord(sign) & 63)
    return bits


class Spellings:
    """Some names, to be compared with one word after the other."""

    def __init__(self, names: Iterable[str]) -> None:
        #: The folded form of each name, its letters, its length, and the name. Of two names that are folded alike the first counts.
        by_fold: dict[str, str] = {}
        for name in names:
            by_fold.setdefault(folded(name), name)
        self._entries = [(_letters(fold), len(fold), name) for fold, name in by_fold.items()]

    def like(self, word: str) -> list[str]:
        """The names that two edits of a word may lead to."""
        fold = folded(word)
        letters, length = _letters(fold), len(fold)
        return [
            name
            for its_letters, its_length, name in self._entries
            if (letters ^ its_letters).bit_count() <= _MOST_OTHER_LETTERS
            and -_MOST_OTHER_LENGTH <= its_length - length <= _MOST_OTHER_LENGTH
        ]
