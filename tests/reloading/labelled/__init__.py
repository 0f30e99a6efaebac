"""Programs whose every edit says by construction what it calls for: nothing, line numbers, a patch, or an execution."""
