"""What the wheelhouse asks of a builder, which stands above it in the layers."""

from pathlib import Path
from typing import ClassVar, Protocol

from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import UnusableKind
from axletree.resolver.model.environment import Environment


class SdistFindingError(AxletreeError):
    """What became of one sdist. Only this is a fact; the run goes on."""

    reference = "build-failed"
    exit_code = 1
    kind: ClassVar[UnusableKind] = "backend"
    telling: str = ""
    """Why, in one clause, else the line of the log that tells most; may be empty."""
    advice: str = ""
    """What helps against that, as clauses; empty where nothing is known."""


class SdistBuilder(Protocol):
    """Runs an sdist's build backend; foreign code, so in the builder's sandbox.

    What they raise beside an `SdistFindingError` (no interpreter, no isolation, no disk,
    our own bugs) says nothing about the sdist, and stops the run.
    """

    def metadata(self, sdist: Path, environment: Environment) -> bytes:
        """Return the METADATA that the backend declares, without building if it can."""
        ...

    def give_up(self) -> None:
        """End what is being asked for METADATA; whoever waits for it is told so.

        What is asked later is answered as ever.
        """
        ...

    def bring_requirements(self, sdist: Path, environment: Environment) -> None:
        """Bring what a build of the sdist needs, without building it."""
        ...
