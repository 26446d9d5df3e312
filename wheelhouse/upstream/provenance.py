"""What an index gives along with a file of who attests how it was made (PEP 740).

It is kept as it came: whether it is true, who verifies it finds out, with the identities
that they believe.
"""

from collections.abc import Mapping

import orjson

from axletree.resolver.model.distribution import DistributionFile
from axletree.wheelhouse.model import ATTESTATION_LIMIT_BYTES
from axletree.wheelhouse.transport.errors import TooLargeError, UnreachableIndexError
from axletree.wheelhouse.transport.request import Exchange, Request

_OK = 200


def read_provenance(file: DistributionFile) -> Exchange[bytes | str]:
    """Read a provenance object; a clause that says why not, where there is none."""
    try:
        response = yield Request(
            url=file.provenance,
            kind="metadata",
            name=f"the provenance of {file.filename}",
            is_compressed=True,
        )
    except (UnreachableIndexError, TooLargeError) as error:
        return error.what
    if response.status != _OK:
        return f"the index answers with HTTP {response.status}"
    return response.body if _is_object(response.body) else "it is no JSON object"


def _is_object(body: bytes) -> bool:
    if len(body) > ATTESTATION_LIMIT_BYTES:
        return False
    try:
        return isinstance(orjson.loads(body), Mapping)
    except orjson.JSONDecodeError:
        return False
