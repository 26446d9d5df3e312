"""What can go wrong while a wheel is built, as a user should read it."""

from axletree.errors import AxletreeError


class BuilderError(AxletreeError):
    """The base of everything that the builder raises."""

    reference = "build-failed"
    exit_code = 1


class InvalidRecipeError(BuilderError):
    """A recipe cannot be read, or says something that cannot be."""

    reference = "invalid-recipe"
    exit_code = 2


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


class UnsafeSourceError(BuilderError):
    """A source holds links or names that lead out of its tree, or is a bomb."""

    reference = "unsafe-source"
    exit_code = 4


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


class BuildFailedError(BuilderError):
    """The build backend failed, timed out or ran into a limit."""

    reference = "build-failed"
    exit_code = 1


class UnsafeOutputError(BuilderError):
    """A build left something else than regular files as its result."""

    reference = "unsafe-output"
    exit_code = 4


class StampMissingError(BuilderError):
    """A built wheel does not carry the version that the recipe gives it."""

    reference = "version-stamp-missing"
    exit_code = 1


class MetadataDiffersError(BuilderError):
    """A built wheel's METADATA is not what the recipe expects."""

    reference = "metadata-differs"
    exit_code = 1


class CheckFailedError(BuilderError):
    """A built wheel is not sound, does not install, or cannot be imported."""

    reference = "check-failed"
    exit_code = 1


class BuildRequirementsError(BuilderError):
    """What a build needs clashes, or is not in the wheelhouse."""

    reference = "build-requirements-missing"
    exit_code = 1
