"""How much a page may hold: values are small on the wire, and large in memory.

64 MB of `{},` are 20 million objects, which take 4 GB and two minutes to read.
"""

from collections.abc import Sequence

from axletree.resolver.model.distribution import DistributionFile, LateListing
from axletree.wheelhouse.transport.errors import TooLargeError

MOST_JSON_VALUES = 2_000_000
"""A page of 64 MB as large indexes write it has 1.6 million, of 90,000 files."""
MOST_LINKS = 400_000
"""On an HTML page; of 64 MB, as large indexes write it, it has 240,000."""
MOST_FILES = 50_000
"""Of one project; the largest on the public index have 20,000. A resolution's memory
grows with their square."""


def check_json_size(body: bytes, where: str) -> None:
    """Count the values of a JSON page, without reading it.

    :raises TooLargeError: if they are too many.
    """
    if len(body) <= MOST_JSON_VALUES:
        return
    # Each value but the first comes after one of these.
    values = body.count(b",") + body.count(b"{") + body.count(b"[")
    _check(values, MOST_JSON_VALUES, "values", where)


def check_html_size(body: bytes, where: str) -> None:
    """Count the links of an HTML page, without reading it.

    :raises TooLargeError: if they are too many.
    """
    _check(body.count(b"<a") + body.count(b"<A"), MOST_LINKS, "links", where)


def check_files(files: Sequence[DistributionFile], where: str) -> None:
    """Count the files of a page; those that are read late are not too many.

    :raises TooLargeError: if a resolution over them would take too much memory.
    """
    if not isinstance(files, LateListing):
        _check(len(files), MOST_FILES, "files", where)


def _check(count: int, most: int, what: str, where: str) -> None:
    if count > most:
        raise TooLargeError(
            f"the index page has {count:,} {what}, over {most:,}",
            where=where,
            hint="tell those who run the index",
        )
