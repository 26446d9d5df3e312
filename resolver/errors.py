"""What can be wrong with the input of a resolution."""

from axletree.errors import AxletreeError


class ResolverError(AxletreeError):
    """The root of the resolver's errors."""


class InvalidRequirementError(ResolverError):
    """A requirement line or file that cannot be read."""

    reference = "invalid-requirement"
    exit_code = 2


class InvalidEnvironmentError(ResolverError):
    """A target Python or platform that does not exist."""

    reference = "invalid-environment"
    exit_code = 2


class PythonExcludedError(ResolverError):
    """The user's own project is not for the target Python."""

    reference = "python-excluded"
    exit_code = 1


class InvalidSnapshotError(ResolverError):
    """A universe file that cannot be read."""

    reference = "invalid-snapshot"
    exit_code = 2


class NotRecordedError(ResolverError):
    """A snapshot was asked for something that its run did not read."""

    reference = "not-recorded"
    exit_code = 2


class MissingHashError(ResolverError):
    """A lock with hashes was asked for, and the index gives none for a file."""

    reference = "missing-hash"
    exit_code = 3
