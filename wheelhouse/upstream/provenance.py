"""What an index gives along with a file of who attests how it was made (PEP 740).

It is kept as it came: whether it is true, who verifies it finds out, with the identities
that they believe.
"""

from collections.abc import Mapping

import orjson

from axletree.resolver.model.distribution import NO_ADDRESS, DistributionFile
from axletree.resolver.model.json_types import is_too_deep
from axletree.sizes import size_words
from axletree.wheelhouse.model import ATTESTATION_LIMIT_BYTES
from axletree.wheelhouse.transport.request import Exchange
from axletree.wheelhouse.upstream.beside import read_beside


def read_provenance(file: DistributionFile) -> Exchange[bytes | str]:
    """Read a provenance object; a clause that says why not, where there is none."""
    if file.provenance.startswith(NO_ADDRESS):
        return file.provenance.removeprefix(NO_ADDRESS)
    name = f"the provenance of {file.filename}"
    body = yield from read_beside(file.provenance, name)
    return body if isinstance(body, str) else _refusal(body) or body


def _refusal(body: bytes) -> str:
    """Say why something is no provenance object; empty: it may be one."""
    if len(body) > ATTESTATION_LIMIT_BYTES:
        return f"it is larger than {size_words(ATTESTATION_LIMIT_BYTES)}"
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, Mapping):
        return "it is no JSON object"
    return "it is nested too deeply" if is_too_deep(said) else ""
