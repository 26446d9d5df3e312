"""What can go wrong while a wheel is built, as a user should read it."""

from typing import ClassVar

from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import UnusableKind
from axletree.wheelhouse.sdist_builder import SdistFindingError


class BuilderError(AxletreeError):
    """The base of everything that the builder raises.

    What says something about the source at hand is an `SdistFindingError` as well; what
    is not has happened to us, and ends the run.
    """

    reference = "build-failed"
    exit_code = 1


class InvalidRecipeError(BuilderError):
    """A recipe cannot be read, or says something that cannot be."""

    reference = "invalid-recipe"
    exit_code = 2
    usual_hint = "fix the recipe; axletree docs recipe describes the form"


class SourceUnreachableError(BuilderError):
    """The host of a source cannot be reached, or refuses to give it."""

    reference = "source-unreachable"
    exit_code = 3


class CommitNotFoundError(BuilderError):
    """The source was reached, but it has no such commit."""

    reference = "commit-not-found"
    exit_code = 4


class PinMismatchError(BuilderError):
    """A source is not what the recipe pins: other hash, or other commit time."""

    reference = "pin-mismatch"
    exit_code = 4
    usual_hint = "ask where the source comes from before you change the pin"


class IncompleteSourceError(BuilderError):
    """A clone of the source would have more than the repository alone."""

    reference = "incomplete-source"
    exit_code = 1


class UnsafeSourceError(BuilderError, SdistFindingError):
    """A source holds links or names that lead out of its tree, or is a bomb."""

    reference = "unsafe-source"
    exit_code = 4
    usual_hint = "do not build it; ask who made the source"


class PatchFailedError(BuilderError):
    """A patch does not apply cleanly."""

    reference = "patch-failed"
    exit_code = 1


class IsolationUnavailableError(BuilderError):
    """The isolation that was asked for cannot be had on this machine."""

    reference = "isolation-unavailable"
    exit_code = 3


class InterpreterMissingError(BuilderError):
    """No interpreter of the Python version that is built for was found."""

    reference = "interpreter-missing"
    exit_code = 3


class BuildFailedError(BuilderError, SdistFindingError):
    """The build backend said no: it ended by itself, in a sandbox that worked."""

    reference = "build-failed"
    exit_code = 1
    usual_hint = "read the log; -v shows the build while it runs"


class EnvironmentFailedError(BuilderError, SdistFindingError):
    """The environment of a build could not be made; its backend was never asked."""

    reference = "build-failed"
    exit_code = 1
    kind: ClassVar[UnusableKind] = "host"
    usual_hint = "read the log; the wheels that it names were to be installed"


class BuildLimitError(BuilderError, SdistFindingError):
    """A build took more than its sandbox gives: time, memory, room or processes."""

    reference = "build-limit"
    exit_code = 3
    kind: ClassVar[UnusableKind] = "limits"
    usual_hint = "raise the limit in the settings, or use another version or a wheel"


class HostLacksError(BuilderError, SdistFindingError):
    """A build failed for a compiler, header or library that this machine lacks."""

    reference = "host-lacks"
    exit_code = 3
    kind: ClassVar[UnusableKind] = "host"
    usual_hint = "install it on this machine, or use another version or a wheel"


class SandboxFailedError(BuilderError):
    """The wall around a build, or what runs in it for us, did not work."""

    reference = "sandbox-failed"
    exit_code = 3
    usual_hint = "look at free memory, disk and processes, then run the command again"


class UnsafeOutputError(BuilderError, SdistFindingError):
    """A build left something else than regular files as its result."""

    reference = "unsafe-output"
    exit_code = 4
    usual_hint = "look at what the source's build does before you trust it"


class StampMissingError(BuilderError):
    """A built wheel does not carry the version that the recipe gives it."""

    reference = "version-stamp-missing"
    exit_code = 1
    usual_hint = "give the recipe the version that the source builds"


class MetadataDiffersError(BuilderError):
    """A built wheel's METADATA is not what the recipe expects."""

    reference = "metadata-differs"
    exit_code = 1
    usual_hint = "fix [expect] if the wheel is right, else the source"


class CheckFailedError(BuilderError, SdistFindingError):
    """A built wheel is not sound, does not install, or cannot be imported."""

    reference = "check-failed"
    exit_code = 1
    usual_hint = "nothing was published; fix the source or the recipe"


class ClosureMissingError(CheckFailedError):
    """What a built wheel requires is not all there, so that it cannot be checked."""


class BuildRequirementsError(BuilderError, SdistFindingError):
    """What a build needs clashes, or is not in the wheelhouse."""

    reference = "build-requirements-missing"
    exit_code = 1


class PipToolsMissingError(BuilderError):
    """The Python that is resolved for has no pip-tools, and none can be had."""

    reference = "pip-tools-missing"
    exit_code = 3
    usual_hint = "install pip-tools into the Python that is resolved for"
