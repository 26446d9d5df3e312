"""Checks over one universe."""

from pathlib import Path

from tests.support.command_line import CommandLine, Ran

LINUX = ("--python-platform", "linux", "--python-version", "3.9")


def write(path: str, *lines: str) -> None:
    Path(path).write_text("\n".join(lines) + "\n")


class Checking:
    """Runs checks over one universe."""

    def __init__(self, axletree: CommandLine, universe: Path) -> None:
        self._axletree = axletree
        self.universe = universe

    def __call__(self, *words: str | Path) -> Ran:
        return self._axletree("check", *words, "--universe", self.universe, *LINUX)
