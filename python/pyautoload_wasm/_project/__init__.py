"""What a loader is told, and what it knows of a project without importing any of it."""
