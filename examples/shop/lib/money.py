"""Amounts of money."""


class Money(int):
    """Cents that show themselves as euros."""

    def __str__(self) -> str:
        return f"€{self // 100}.{self % 100:02}"
