"""What a resolution tells while it runs."""

from typing import Protocol


class Reporter(Protocol):
    """Hears of the progress of a resolution; every method may do nothing."""

    def reading_round(self, *, pages: int, metadata: int, projects: int) -> None:
        """Hear that so much is about to be read, with so many projects decided."""
        ...

    def proving(self, what: str) -> None:
        """Hear that a repair is being resolved."""
        ...


class SilentReporter:
    """Says nothing."""

    def reading_round(self, *, pages: int, metadata: int, projects: int) -> None:
        """Say nothing."""

    def proving(self, what: str) -> None:
        """Say nothing."""
