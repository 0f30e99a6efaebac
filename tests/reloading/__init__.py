"""Reloading against the truth: a random program is edited and used at random, and after each flush the running modules are compared
with what a fresh import gets from the files on disk.

There are two kinds of programs. Those of ``tree`` have any shape. Those of ``program`` are made of ``features``, each of which says by
construction what its files import; from that follows what a flush has to execute, and what it must not: see ``rule``. ``judge``
compares all that a program can see, ``fresh`` is the truth, ``record`` what is compared. ``actions`` and ``threads`` are what happens
besides edits, ``awaited`` is what is known not to be right yet. `python -m reloading --help`, from the folder above.
"""
