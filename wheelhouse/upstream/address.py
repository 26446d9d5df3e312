"""The address of an index, as users give it."""

from urllib.parse import urlsplit

from axletree.wheelhouse.transport.errors import InvalidIndexUrlError


def check_url(index_url: str) -> None:
    """Let only addresses of http and https through.

    :raises InvalidIndexUrlError: it is none.
    """
    try:
        parts = urlsplit(index_url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        # The text itself may hold a password in a place where we do not find it.
        raise InvalidIndexUrlError(
            "the index URL is not an address",
            where="index URL",
            hint="an index URL begins with https:// or http:// and a host",
        )
