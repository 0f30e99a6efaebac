"""Plain data that users get: records, graphs, problems, reports, and their text forms."""
