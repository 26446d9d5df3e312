"""What the wheelhouse asks of a builder, which stands above it in the layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

from packaging.utils import NormalizedName

from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import UnusableKind
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.model import Attestation


class SdistFindingError(AxletreeError):
    """What became of one sdist. Only this is a fact; the run goes on."""

    reference = "build-failed"
    exit_code = 1
    kind: ClassVar[UnusableKind] = "backend"
    telling: str = ""
    """Why, in one clause, else the line of the log that tells most; may be empty."""
    advice: str = ""
    """What helps against that, as clauses; empty where nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SdistWheel:
    """A wheel that was built of an sdist."""

    path: Path
    attestation: Attestation
    """The statement about how it was built."""
    notes: tuple[str, ...] = ()
    """What is worth knowing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Wheels that are installed together, to see whether those of our own fit."""

    wheels: Sequence[Path]
    """All of them."""
    built: frozenset[NormalizedName]
    """Projects whose wheels were built, and are not yet let in."""
    excused: frozenset[NormalizedName] = frozenset()
    """Projects of which the user wants another version than is required."""


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

    def wheel(
        self, sdist: Path, environment: Environment, source_time: datetime
    ) -> SdistWheel:
        """Build the sdist; files in the wheel get `source_time`."""
        ...

    def check(self, closure: Closure, environment: Environment) -> Sequence[str]:
        """Install a closure; return notes.

        What is built must fit together with all else, or an `SdistFindingError` says
        what does not. A closure of another platform is not installed: a note says so.
        """
        ...
