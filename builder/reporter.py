"""What a build tells while it runs; the console draws it."""

from typing import Protocol


class BuildReporter(Protocol):
    """Listen to a build. Calls come from several threads."""

    def step(self, text: str) -> None:
        """Take the start of a step: `fetching https://…`, `building the wheel`."""
        ...

    def announce(self, text: str) -> None:
        """Take the start of a build: long, and of foreign code."""
        ...

    def log_line(self, line: str) -> None:
        """Take one line that the build backend printed, without its line end."""
        ...


class SilentBuildReporter:
    """Tell nobody."""

    def step(self, text: str) -> None:
        """Drop it."""

    def announce(self, text: str) -> None:
        """Drop it."""

    def log_line(self, line: str) -> None:
        """Drop it."""
