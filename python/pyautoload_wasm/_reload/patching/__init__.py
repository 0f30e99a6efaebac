"""Edits that are put into the running code: what differs, whom that concerns, and how it is done and undone."""
