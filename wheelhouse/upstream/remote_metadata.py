"""METADATA of one wheel on an index, by as few and as small requests as it takes."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from axletree.limits import PART_BYTES
from axletree.resolver.model.distribution import DistributionFile
from axletree.wheelhouse.errors import InvalidDistributionError, OversizedMetadataError
from axletree.wheelhouse.metadata.wheel_tail import (
    Fragments,
    Gap,
    oversized_metadata,
    read_metadata,
    tail_bytes,
)
from axletree.wheelhouse.transport.errors import TooLargeError
from axletree.wheelhouse.transport.request import (
    Exchange,
    Request,
    Response,
)
from axletree.wheelhouse.upstream.remote_file import (
    Place,
    check_hash,
    download_file,
)

_PARTIAL = 206
_OK = 200
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})$", re.ASCII)
# Tail, table of contents, METADATA, and METADATA again with its true length; a table
# that is longer than one part is asked for in several: tensorflow's has 1.2 MB.
_MOST_REQUESTS = 12


def wheel_metadata(
    file: DistributionFile,
    new_folder: Callable[[], AbstractContextManager[str]],
    most_bytes: int,
) -> Exchange[bytes]:
    """Read a wheel's METADATA: from PEP 658, else its tail, else the whole file.

    :param most_bytes: what METADATA may have.

    :raises WrongHashError: if the metadata file or the wheel is not as promised.
    :raises FileGoneError: if the index lists the wheel and does not have it.
    :raises OversizedMetadataError: if METADATA is larger.
    :raises InvalidDistributionError: if it is no wheel.
    """
    raw = None
    if file.metadata_hashes is not None:
        raw = yield from _metadata_file(file, file.metadata_hashes, most_bytes)
    if raw is None:
        raw = yield from _from_tail(file, most_bytes)
    if raw is None:
        raw = yield from _from_whole_file(file, new_folder, most_bytes)
    return raw


def _metadata_file(
    file: DistributionFile, hashes: Mapping[str, str], most_bytes: int
) -> Exchange[bytes | None]:
    """Read the metadata file; None if there is none although it was promised."""
    parts = urlsplit(file.url)
    url = urlunsplit(parts._replace(path=f"{parts.path}.metadata"))
    name = f"{file.filename}.metadata"
    try:
        response = yield Request(
            url=url, kind="metadata", name=name, is_compressed=True
        )
    except TooLargeError as error:
        raise oversized_metadata(most_bytes) from error
    if response.status != _OK:
        return None
    check_hash(response.body, hashes, name=name, url=url)
    return response.body


def _from_tail(file: DistributionFile, most_bytes: int) -> Exchange[bytes | None]:
    """Read the end of the wheel; None if the server or the archive prevents it."""
    size = file.size_bytes
    tail = tail_bytes(size or 0, is_native=not file.tag.endswith("-any"))
    asked = f"bytes={max(0, size - tail)}-" if size else f"bytes=-{tail}"
    wheel: Fragments | None = None
    for _ in range(_MOST_REQUESTS):
        try:
            response = yield Request(
                url=file.url,
                kind="part",
                name=file.filename,
                headers={"Range": asked},
            )
        except TooLargeError:
            # The server sends the whole file, which belongs on the disk.
            return None
        wheel = _with_answer(wheel, response)
        if wheel is None:
            return None
        try:
            answer = read_metadata(wheel, file.project, most_bytes)
        except OversizedMetadataError:
            raise
        except InvalidDistributionError:
            # The whole file, with its hash, tells whose fault that is.
            return None
        if not isinstance(answer, Gap):
            return answer
        left = wheel.missing(answer)
        if left.stop - left.start > _MOST_REQUESTS * PART_BYTES:
            return None
        stop = min(left.stop, left.start + PART_BYTES)
        asked = f"bytes={left.start}-{stop - 1}"
    return None


def _with_answer(wheel: Fragments | None, response: Response) -> Fragments | None:
    """Add the part that came; None if it is no part of this file."""
    body = response.body
    if response.status == _OK:
        # The server knows no Range and sent everything.
        start, size = 0, len(body)
    elif response.status == _PARTIAL:
        match = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
        if match is None or int(match[2]) - int(match[1]) + 1 != len(body):
            return None
        start, size = int(match[1]), int(match[3])
    else:
        return None
    if wheel is None:
        wheel = Fragments(size_bytes=size)
    if wheel.size_bytes != size:
        return None
    wheel.add(start, body)
    return wheel


def _from_whole_file(
    file: DistributionFile,
    new_folder: Callable[[], AbstractContextManager[str]],
    most_bytes: int,
) -> Exchange[bytes]:
    with new_folder() as folder:
        place = Place(folder=Path(folder), parts=Path(folder))
        path = yield from download_file(file, place)
        from axletree.wheelhouse.metadata.wheel_inside import metadata_inside  # noqa: PLC0415  late: archives

        return metadata_inside(path, file.project, most_bytes)
