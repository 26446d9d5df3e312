"""What can go wrong between us and an upstream index."""

from axletree.wheelhouse.errors import WheelhouseError, WrongHashError


class UnreachableIndexError(WheelhouseError):
    """An index that does not answer, or refuses to: never a missing project."""

    reference = "unreachable-index"
    usual_hint = "try again later"


class NotAnIndexError(WheelhouseError):
    """Something answers at the address, but it is no Simple index."""

    reference = "not-an-index"
    usual_hint = "check the index URL: it usually ends in /simple/"


class TooLargeError(WheelhouseError):
    """An answer that is larger than the settings allow."""

    reference = "too-large"


class WrongSizeError(WrongHashError):
    """A file that is larger than its index announces."""

    reference = "wrong-size"
    usual_hint = "the index, a proxy or a mirror changed it: do not use it"


class FileGoneError(WheelhouseError):
    """A file that the index lists and does not have."""

    reference = "file-gone"
    usual_hint = "fetch the page again with --refresh, or constrain the version"


class InvalidIndexUrlError(WheelhouseError):
    """An index URL that is no http or https URL."""

    reference = "invalid-index-url"
    exit_code = 2
