"""Loaders that are set up: a session for each project, and on it a handle for each loader."""
