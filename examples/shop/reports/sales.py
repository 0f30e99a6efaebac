"""A report."""


class Sales:
    """What was sold."""
