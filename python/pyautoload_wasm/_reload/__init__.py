"""Changed files: who tells of them, when they are applied, and how modules are replaced."""
