"""A tar archive whose headers cannot take all of our memory."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Protocol, Self, cast

from axletree.wheelhouse.errors import InvalidDistributionError

MOST_MEMBERS = 200_000
"""Of one sdist; large real ones have 30,000."""
_MOST_HEADER_BYTES = 10**6
"""Of a header that tells of the next member: a long name, or PAX records."""
_TELLING_TYPES = frozenset(
    {
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
    }
)


class Readable(Protocol):
    """What a tar is read from."""

    def read(self, size: int, /) -> bytes:
        """Read at most `size` bytes."""
        ...


class _BoundedInfo(tarfile.TarInfo):
    """A header; `tarfile` reads those that tell of others in one go."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        info = super().frombuf(buf, encoding, errors)
        if info.type in _TELLING_TYPES and info.size > _MOST_HEADER_BYTES:
            message = f"a header of {info.size} bytes"
            raise tarfile.ReadError(message)
        return info


@contextmanager
def opened_tar(stream: Readable) -> Iterator[tarfile.TarFile]:
    """Open an unpacked archive that comes from outside, for reading it once.

    :raises tarfile.TarError: it is none.
    """
    source = cast("IO[bytes]", stream)
    with tarfile.open(fileobj=source, mode="r|", tarinfo=_BoundedInfo) as archive:
        yield archive


def members_of(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield the members, and forget them.

    :raises InvalidDistributionError: if there are too many.
    """
    for count, member in enumerate(archive):
        if count >= MOST_MEMBERS:
            raise InvalidDistributionError(f"it holds over {MOST_MEMBERS} members")
        yield member
        # A stream is not looked at twice.
        archive.members.clear()  # type: ignore[attr-defined]  # typeshed has it not
