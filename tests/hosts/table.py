"""What a test notes for the README's table of hosts, as table.mjs does."""

import json
from pathlib import Path

NOTED = Path(__file__).parent / ".noted"


def note(host, shown):
    """Notes that something was shown in a host."""
    NOTED.mkdir(exist_ok=True)
    file = NOTED / host
    before = json.loads(file.read_text()) if file.exists() else []
    file.write_text(json.dumps([*dict.fromkeys([*before, shown])]))
