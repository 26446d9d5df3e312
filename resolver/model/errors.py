"""What can be wrong with the input of a resolution."""

from packaging.utils import NormalizedName

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


class InvalidLockError(ResolverError):
    """A lock that was written before and cannot be read back."""

    reference = "invalid-lock"
    exit_code = 2


class InvalidBaselineError(ResolverError):
    """A file of known conflicts that is not there, or cannot be read."""

    reference = "invalid-baseline"
    exit_code = 2
    usual_hint = "--write-baseline writes one of the conflicts that there are"


class NotRecordedError(ResolverError):
    """A snapshot was asked for something that its run did not read."""

    reference = "not-recorded"
    exit_code = 2


class MissingHashError(ResolverError):
    """A lock with hashes was asked for, and the index gives none for a file."""

    reference = "missing-hash"
    exit_code = 3


class UnreadFileError(ResolverError):
    """An answer holds, or hangs on, a file that nobody could read here."""

    names: tuple[NormalizedName, ...] = ()
    """Of the projects whose files these are."""


class SdistRefusedError(UnreadFileError):
    """Its build backend said no."""

    reference = "sdist-refused"
    exit_code = 1


class SdistNotReadError(UnreadFileError):
    """This machine lacks what it takes, or a limit was reached."""

    reference = "sdist-not-read"
    exit_code = 3


class NotReproducibleError(ResolverError):
    """A conflict that no folder of wheels can show to installers."""

    reference = "not-reproducible"
    exit_code = 1
    usual_hint = "axletree snapshot records the whole question instead"


class NotInAnswerError(ResolverError):
    """A project was asked about that the answer does not have."""

    reference = "not-in-the-answer"
    exit_code = 1
    usual_hint = "axletree explain shows the solution of the same requirements"


class RepairNotWrittenError(ResolverError):
    """A repair cannot be written into the files that the input came from."""

    reference = "repair-not-written"
    exit_code = 2


class IndistinguishableEnvironmentsError(ResolverError):
    """Environments that no marker tells apart need different pins in one lock."""

    reference = "indistinguishable-environments"
    exit_code = 2


class NoFileAddressError(ResolverError):
    """A pylock.toml was asked for, and nothing may be said of where a file is."""

    reference = "no-file-address"
    exit_code = 2
