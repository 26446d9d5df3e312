"""Distribution files and their metadata, under URLs that name their content.

`/files/<2 hex>/<62 hex>/<filename>` never changes its content, so clients and proxies
are told to keep it for ever. Nothing of a requested path ever reaches the file system:
the name is looked up, and the digest in the path must be the published one.
"""

import os
from collections.abc import Iterator
from http import HTTPStatus
from typing import BinaryIO

from flask import Blueprint, Response, request

from axletree.server.conditional import (
    ByteRange,
    UnsatisfiableRangeError,
    choose_range,
    is_unchanged,
)
from axletree.server.errors import DamagedFileError, NotServedError
from axletree.server.index import LiveIndex
from axletree.server.rendering import offered_metadata
from axletree.wheelhouse.model import StoredFile

CHUNK_BYTES = 256 * 1024
METADATA_SUFFIX = ".metadata"

_FOR_EVER = "public, max-age=31536000, immutable"


def files_blueprint(index: LiveIndex) -> Blueprint:
    """Make the views of files and metadata."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get("/files/<head>/<tail>/<filename>")
    def file(head: str, tail: str, filename: str) -> Response:
        digest = head + tail if len(head) == 2 else ""
        if filename.endswith(METADATA_SUFFIX):
            stored = _published(index, filename.removesuffix(METADATA_SUFFIX), digest)
            return _send_metadata(index, stored)
        return _send_file(index, _published(index, filename, digest))

    return blueprint


def _published(index: LiveIndex, filename: str, sha256: str) -> StoredFile:
    stored = index.file(filename)
    if stored is None or stored.sha256 != sha256:
        raise _no_file()
    return stored


def _no_file() -> NotServedError:
    return NotServedError(
        "no such file on this index", hint="its project's page lists the files"
    )


def _send_metadata(index: LiveIndex, stored: StoredFile) -> Response:
    """Answer with METADATA as it stands in the file, byte for byte (PEP 658)."""
    sha256 = offered_metadata(stored)
    if sha256 is None:
        raise _no_file()
    metadata = index.source.metadata_of(stored)
    response = _whole_or_unchanged(f'"{sha256}"', len(metadata))
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    if response.status_code == HTTPStatus.OK and request.method != "HEAD":
        response.response = [metadata]
    return response


def _send_file(index: LiveIndex, stored: StoredFile) -> Response:
    etag = f'"{stored.sha256}"'
    response = _whole_or_unchanged(etag, stored.size_bytes)
    response.headers["Accept-Ranges"] = "bytes"
    if response.status_code != HTTPStatus.OK or request.method == "HEAD":
        # A Range means something to GET alone (RFC 9110 section 14.2).
        return response
    try:
        part = choose_range(
            request.headers.get("Range"),
            request.headers.get("If-Range"),
            etag=etag,
            size_bytes=stored.size_bytes,
        )
    except UnsatisfiableRangeError:
        return _unsatisfiable(stored.size_bytes)
    stream = _open(index, stored)
    if part is None:
        part = ByteRange(start=0, stop=stored.size_bytes)
    else:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = (
            f"bytes {part.start}-{part.stop - 1}/{stored.size_bytes}"
        )
        response.headers["Content-Length"] = str(part.stop - part.start)
    response.response = _read_part(stream, part)
    # For an answer that nobody began to read.
    response.call_on_close(stream.close)
    return response


def _whole_or_unchanged(etag: str, size_bytes: int) -> Response:
    """Begin an answer: 200 without its body yet, or 304."""
    headers = {
        "ETag": etag,
        "Cache-Control": _FOR_EVER,
        "X-Content-Type-Options": "nosniff",
    }
    if is_unchanged(request.headers.get("If-None-Match"), etag):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    # Never a Content-Encoding: a client that unpacks it gets other bytes than the
    # hash promises.
    return Response(
        status=HTTPStatus.OK,
        headers={
            **headers,
            "Content-Length": str(size_bytes),
            "Content-Type": "application/octet-stream",
        },
        direct_passthrough=True,
    )


def _unsatisfiable(size_bytes: int) -> Response:
    return Response(
        status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        headers={"Content-Range": f"bytes */{size_bytes}"},
    )


def _open(index: LiveIndex, stored: StoredFile) -> BinaryIO:
    """Open a file's bytes, refusing what cannot be the published content.

    :raises DamagedFileError: they are missing or of another length. Only the length
        is looked at here: reading every byte for each request would cost too much.
    """
    path = index.source.path_of(stored)
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise _damaged(stored, "is missing", str(path)) from error
    if os.fstat(stream.fileno()).st_size != stored.size_bytes:
        stream.close()
        raise _damaged(stored, "has another length", str(path))
    return stream


def _damaged(stored: StoredFile, how: str, where: str) -> DamagedFileError:
    return DamagedFileError(
        f"the stored content of {stored.filename} {how}",
        where=where,
        hint="publish the same file again, or restore it from a backup",
    )


def _read_part(stream: BinaryIO, part: ByteRange) -> Iterator[bytes]:
    with stream:
        stream.seek(part.start)
        left = part.stop - part.start
        while left > 0:
            chunk = stream.read(min(CHUNK_BYTES, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk
