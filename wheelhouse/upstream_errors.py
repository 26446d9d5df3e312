"""What can go wrong between us and an upstream index."""

from axletree.wheelhouse.errors import WheelhouseError


class UnreachableIndexError(WheelhouseError):
    """An index that does not answer, or refuses to: never a missing project."""

    reference = "unreachable-index"
    usual_hint = "try again later"


class NotAnIndexError(WheelhouseError):
    """Something answers at the address, but it is no Simple index."""

    reference = "not-an-index"
    usual_hint = "check the index URL: it usually ends in /simple/"


class FileGoneError(WheelhouseError):
    """A file that the index lists and does not have."""

    reference = "file-gone"
    usual_hint = "read the page anew with --refresh, or constrain the version"


class InvalidIndexUrlError(WheelhouseError):
    """An index URL that is no http or https URL."""

    reference = "invalid-index-url"
    exit_code = 2
