"""What an index gives along with a file of who attests how it was made (PEP 740).

It is kept as it came: whether it is true, who verifies it finds out, with the identities
that they believe.
"""

from axletree.resolver.model.distribution import NO_ADDRESS, DistributionFile
from axletree.wheelhouse.metadata.json_objects import read_object
from axletree.wheelhouse.model import ATTESTATION_LIMIT_BYTES
from axletree.wheelhouse.transport.request import Exchange
from axletree.wheelhouse.upstream.beside import read_beside


def read_provenance(file: DistributionFile) -> Exchange[bytes | str]:
    """Read a provenance object; a clause that says why not, where there is none."""
    if file.provenance.startswith(NO_ADDRESS):
        return file.provenance.removeprefix(NO_ADDRESS)
    name = f"the provenance of {file.filename}"
    body = yield from read_beside(file.provenance, name)
    if isinstance(body, str):
        return body
    said = read_object(body, ATTESTATION_LIMIT_BYTES)
    return said if isinstance(said, str) else body
