"""How the work on a job can end, and what of that is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from axletree.builder.errors import (
    BuilderError,
    BuildRequirementsError,
    SandboxFailedError,
    SourceUnreachableError,
)
from axletree.builder.running.bringing import Asked
from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import UnusableKind
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.wheelhouse.errors import BreaksSetError, DatabaseLockedError
from axletree.wheelhouse.jobs.records import Failure, Need, failure_of
from axletree.wheelhouse.sdist_builder import SdistFindingError

MOST_ATTEMPTS = 3
"""Where the fault is none of the source's."""
_OF_SOURCE = frozenset({1, 2, 4})
"""Exit codes of what the input is to blame for."""
_OF_HOST = frozenset({"host", "limits"})
_PASSING = (SandboxFailedError, SourceUnreachableError, DatabaseLockedError)
"""What may be gone in a moment."""


class JobCancelledError(BuilderError):
    """Somebody has asked for the end of a build."""

    reference = "job-cancelled"
    exit_code = 1
    usual_hint = "axletree jobs retry builds it after all"


class WorkerKilledError(BuilderError, SdistFindingError):
    """A process that built was ended from outside, again and again."""

    reference = "job-worker-lost"
    exit_code = 3
    kind: ClassVar[UnusableKind] = "limits"
    usual_hint = "most often memory ran out: build fewer at once with --jobs"


class BuildCycleError(BuilderError):
    """Sources need one another to be built, so that none can be first."""

    reference = "build-cycle"
    exit_code = 1
    usual_hint = "collect a wheel of one of them, and leave it out here"


class NeededFailedError(BuilderError):
    """What a job needs was to be built beside it, and was not."""

    reference = "needed-job-failed"
    exit_code = 1
    usual_hint = "mend that one first, then run the same command again"


class WaitsForError(Exception):
    """What is needed is still to be built by another job; no end of this one."""

    def __init__(self, jobs: frozenset[int], kind: Need, *, is_named: bool) -> None:
        """Say which jobs, and for what.

        :param is_named: it is required by name; else it may be one of them.
        """
        super().__init__()
        self.jobs = jobs
        self.kind = kind
        self.is_named = is_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came out of each job of a part, as its row keeps it."""

    tag: ClassVar[str] = "published"
    results: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Others come first."""

    jobs: frozenset[int]
    kind: Need
    is_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacks:
    """Build requirements are to be brought first."""

    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nothing came out."""

    failure: Failure
    is_passing: bool = False
    """Whether it is worth another attempt at once."""
    error: Exception | None = None
    """The error itself, where it was raised in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Somebody has asked for the end."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """It was another's by the time it was done, and nothing was kept."""


Outcome: TypeAlias = Published | Waits | Lacks | Failed | Cancelled | Gone


def failed(
    error: AxletreeError,
    *,
    watched: tuple[str, ...] = (),
    generation: int = 0,
) -> Failed:
    """Judge an error: the source's, which comes again, or our machine's."""
    is_of_source = error.exit_code in _OF_SOURCE and not isinstance(
        error, JobCancelledError | BreaksSetError
    )
    if isinstance(error, SdistFindingError) and error.kind in _OF_HOST:
        is_of_source = False
    return Failed(
        failure=failure_of(
            error, is_of_source=is_of_source, watched=watched, generation=generation
        ),
        is_passing=isinstance(error, _PASSING),
        error=error,
    )


def lacks_requirements(failure: Failure) -> bool:
    """Tell whether a build could not begin for what it requires."""
    return failure.reference == BuildRequirementsError.reference


def restless(label: str) -> BuildRequirementsError:
    """Say that a backend asks for other build requirements each time."""
    return BuildRequirementsError(
        "its backend asks for other build requirements each time it is asked",
        where=label,
    )


def told(failure: Failure) -> str:
    """Say in one line why a job came to nothing."""
    first, *_ = failure.what.splitlines() or [""]
    return first


def text_of(result: Mapping[str, Json], key: str) -> str:
    """Return a text of a result, which may come from a row."""
    value = result.get(key)
    return value if isinstance(value, str) else ""


def of_ours(error: Exception) -> Failure:
    """Keep what is our bug."""
    return Failure(
        what=f"{type(error).__name__}: {error}",
        reference="internal-error",
        exit_code=70,
        is_of_source=False,
    )


def lost(label: str) -> Failed:
    """Say that who did a job was ended from outside."""
    error = WorkerKilledError(
        f"the process that built was ended from outside, {MOST_ATTEMPTS} times in a row",
        where=label,
    )
    return Failed(failure=failed(error).failure, is_passing=True)
