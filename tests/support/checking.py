"""Checks over one universe."""

from pathlib import Path
from typing import Any

from axletree.resolver.model.json_types import JsonObject
from tests.support.command_line import CommandLine, Ran

CAUSE = "left 1 requires shared==1, but right 2 requires shared>=2"
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


def plain(document: JsonObject) -> Any:  # noqa: ANN401  plain JSON
    return document
