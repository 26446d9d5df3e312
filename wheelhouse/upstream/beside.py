"""What an index gives beside files: small JSON documents, as they come."""

from axletree.wheelhouse.transport.errors import TooLargeError, UnreachableIndexError
from axletree.wheelhouse.transport.request import Exchange, Request

_OK = 200


def read_beside(url: str, name: str) -> Exchange[bytes | str]:
    """Read a document; a clause that says why not, where there is none.

    :param name: what errors call it.
    """
    try:
        response = yield Request(
            url=url, kind="metadata", name=name, is_compressed=True
        )
    except (UnreachableIndexError, TooLargeError) as error:
        return error.what
    if response.status != _OK:
        return f"the index answers with HTTP {response.status}"
    return response.body
