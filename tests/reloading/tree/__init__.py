"""Programs of random shape: any number of modules that import each other in every way, and are created, moved, broken and deleted.

``source`` is what a file says, ``graph`` what the files import, ``edits`` what happens to them.
"""
