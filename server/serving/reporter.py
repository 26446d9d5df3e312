"""What a running server tells whoever started it."""

from typing import Protocol


class ServerReporter(Protocol):
    """Events of one server's life; drawn by the console."""

    def listening(self, url: str) -> None:
        """Tell that `url` answers from now on; called from another thread."""
        ...

    def stopped(self) -> None:
        """Tell that all workers have ended, as they were asked to."""
        ...


class SilentReporter:
    """Tells nobody."""

    def listening(self, url: str) -> None:
        """Say nothing."""

    def stopped(self) -> None:
        """Say nothing."""
