"""What Python's import system sees: finders, loaders, packages, and the state of what they loaded."""
