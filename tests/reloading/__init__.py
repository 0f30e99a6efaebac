"""Reloading against the truth: a random project is edited at random, and after each flush the running modules are compared with what a
fresh import gets from the files on disk.

``project`` is the project, ``graph`` what its files import, ``edits`` what happens to them, ``fresh`` the truth, ``record`` what is
compared, ``rule`` what a reload may and must do, ``run`` the whole. `python -m reloading --help`, from the folder above.
"""
