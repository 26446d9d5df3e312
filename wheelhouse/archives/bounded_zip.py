"""A zip archive whose table of contents cannot take all of our memory."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO
from pathlib import Path

from axletree.sizes import size_words
from axletree.wheelhouse.errors import InvalidDistributionError

MOST_CONTENTS_BYTES = 16 * 10**6
"""Of the table of contents. A wheel of 60,000 files has some 8 MB; `zipfile` makes of
each entry an object of ten times its size."""


class _BoundedReader(BufferedReader):
    """Refuses to read at once what no sound archive needs at once.

    `zipfile` reads the table of contents in one go, and members piece by piece.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_CONTENTS_BYTES:
            raise InvalidDistributionError(
                "its table of contents is larger than "
                f"{size_words(MOST_CONTENTS_BYTES)}"
            )
        return super().read(size)


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive that comes from outside.

    :raises InvalidDistributionError: if its table of contents is too large.
    """
    with _BoundedReader(FileIO(path)) as stream, zipfile.ZipFile(stream) as archive:
        yield archive


def read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, most_bytes: int
) -> bytes | None:
    """Unpack a member; None if it has more than `most_bytes`, whatever it says.

    :raises InvalidDistributionError: if it is packed by a method whose pieces may be
        of any size.
    """
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise InvalidDistributionError(
            f"its {member.filename.rpartition('/')[2]} is packed by method "
            f"{member.compress_type}"
        )
    with archive.open(member) as stream:
        # With a length: without one, all that it unpacks to is made first.
        content = stream.read(most_bytes + 1)
    return content if len(content) <= most_bytes else None
