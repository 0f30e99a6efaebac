"""What several models share. The folder `concerns` is collapsed: this is `shop.models.timestamped`."""

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class Timestamped:
    """Something that knows when it was made."""

    created: datetime = field(default_factory=lambda: datetime.now(UTC), kw_only=True)
