"""Distribution files and their metadata, under URLs that name their content.

`/files/<2 hex>/<62 hex>/<filename>` never changes its content, but may be withdrawn: so
clients and proxies are told to keep it for a day, and to ask then. Nothing of a requested path ever reaches the file system:
the name is looked up, and the digest in the path must be the published one.

A listing of variants (PEP 825) may change under its name, and has another URL then: it is
asked for each time, and what a page has named is given to whoever still comes with that.
"""

import secrets
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, request

from axletree.resolver.inputs.variants_names import (
    BadVariantsNameError,
    is_variants_name,
    read_variants_name,
)
from axletree.resolver.model.file_names import UnsafeNameError, safe_name
from axletree.server.answers.conditional import (
    ByteRange,
    UnsatisfiableRangeError,
    choose_ranges,
    is_refused,
    is_unchanged,
)
from axletree.server.answers.errors import (
    NotGivenOutError,
    NotServedError,
    TooBusyError,
)
from axletree.server.answers.rendering import offered_metadata
from axletree.server.answers.variants import (
    ASK_EACH_TIME,
    FOR_A_DAY,
    metadata_answer,
)
from axletree.server.guard import Readers
from axletree.server.live.index import LiveIndex
from axletree.server.live.ready import Ready
from axletree.server.views.blobs import CHUNK_BYTES, Blobs, Sending
from axletree.server.views.sending import respond
from axletree.server.watching.places import Place, Places
from axletree.wheelhouse.model import StoredFile, VariantsFile
from axletree.wheelhouse.store.files import key_of

HANDED_OVER = "X-Axletree-Accel"
"""Sent as `yes` by an nginx that sends files itself: nobody else is given nothing."""
METADATA_SUFFIX = ".metadata"
_BYTES = "application/octet-stream"
_JSON = "application/json"
PROVENANCE_SUFFIX = ".provenance"
Kept = TypeVar("Kept", StoredFile, VariantsFile)
UNHELD_BYTES = 4 * CHUNK_BYTES
"""So much granian takes over at once, however slow the reader: no thread waits for it."""


def files_blueprint(
    index: LiveIndex,
    blobs: Blobs,
    readers: Readers,
    places: Places,
    location: str = "",
) -> Blueprint:
    """Make the views of files and metadata.

    :param location: under which nginx finds the store's files; empty: it does not.
    """
    blueprint = Blueprint("files", __name__)

    @blueprint.get("/files/<head>/<tail>/<filename>")
    def file(head: str, tail: str, filename: str) -> Response:
        digest = head + tail if len(head) == 2 else ""
        if is_variants_name(filename):
            listed = _find_variants(index, filename, digest)
            return _send_variants(index, _given_out(index, readers, listed, digest))
        if filename.endswith(METADATA_SUFFIX):
            stored = published(filename.removesuffix(METADATA_SUFFIX), digest)
            return _send_metadata(index, stored)
        if filename.endswith(PROVENANCE_SUFFIX):
            stored = published(filename.removesuffix(PROVENANCE_SUFFIX), digest)
            return _send_provenance(index, stored)
        stored = published(filename, digest)
        if location and request.headers.get(HANDED_OVER) == "yes":
            return _hand_over(blobs, location, stored)
        return _send_file(blobs, places, stored)

    def published(filename: str, sha256: str) -> StoredFile:
        return _given_out(index, readers, _find(index, filename), sha256)

    return blueprint


def _find(index: LiveIndex, filename: str) -> StoredFile | None:
    """Look a file up; what can be no name is asked of no database."""
    try:
        return index.file(safe_name(filename))
    except UnsafeNameError:
        return None


def _given_out(
    index: LiveIndex, readers: Readers, stored: Kept | None, sha256: str
) -> Kept:
    """Return what was found to who may have it.

    :raises NotServedError: nothing was, or other bytes.
    :raises NotGivenOutError: nobody is given it.
    """
    if not readers.is_everybody:
        login = request.headers.get("Authorization")
        # Who may not read a project hears the same of its files as of none at all.
        if stored is None or not readers.admit(login, stored.project):
            readers.require(login, None)
    if stored is None or stored.sha256 != sha256:
        raise _no_file()
    _refuse_kept_back(index, stored)
    return stored


def _refuse_kept_back(index: LiveIndex, stored: StoredFile | VariantsFile) -> None:
    """Refuse what nobody is given, listed or not."""
    if stored.withdrawn is not None:
        raise NotGivenOutError(
            f"{stored.filename} was withdrawn: {stored.withdrawn}",
            hint="take another version, or ask who keeps this index",
        )
    status = index.status(stored.project)
    if status.is_quarantined:
        because = f": {status.reason}" if status.reason else ""
        raise NotGivenOutError(
            f"{stored.project} is quarantined{because}",
            hint="take another project, or ask who keeps this index",
        )


def _no_file() -> NotServedError:
    return NotServedError(
        "no such file on this index", hint="its project's page lists the files"
    )


def _send_metadata(index: LiveIndex, stored: StoredFile) -> Response:
    """Answer with METADATA as it stands in the file, byte for byte (PEP 658)."""
    sha256 = offered_metadata(stored)
    if sha256 is None:
        raise _no_file()
    return respond(index.metadata(request.path, stored, sha256))


def _find_variants(index: LiveIndex, filename: str, sha256: str) -> VariantsFile | None:
    try:
        name = read_variants_name(filename)
    except BadVariantsNameError:
        return None
    return index.source.variants.find(name.filename, sha256)


def _send_variants(index: LiveIndex, listed: VariantsFile) -> Response:
    """Answer with a listing of variants as it came (PEP 825)."""

    def read() -> Ready:
        content = index.source.variants.content(listed)
        answer = metadata_answer(content, listed.sha256, _JSON, ASK_EACH_TIME)
        return Ready(answer=answer, project=listed.project)

    return respond(index.kept(request.path, read))


def _send_provenance(index: LiveIndex, stored: StoredFile) -> Response:
    """Answer with the attestations that came with a file, as they came (PEP 740)."""
    sha256 = stored.provenance_sha256
    if sha256 is None:
        raise _no_file()
    return respond(index.provenance(request.path, stored, sha256))


def _hand_over(blobs: Blobs, location: str, stored: StoredFile) -> Response:
    """Have nginx send a file, or the part of it that is asked for, from its own disk."""
    etag = f'"{stored.sha256}"'
    response = _whole_or_unchanged(etag, stored.size_bytes)
    if response.status_code != HTTPStatus.OK:
        return response
    if request.method == "HEAD":
        blobs.check(stored)
        return response
    blobs.require_sound(stored)
    response.headers["X-Accel-Redirect"] = f"{location}{key_of(stored.sha256)}"
    response.headers["Content-Length"] = "0"
    return response


def _send_file(blobs: Blobs, places: Places, stored: StoredFile) -> Response:
    etag = f'"{stored.sha256}"'
    response = _whole_or_unchanged(etag, stored.size_bytes)
    response.headers["Accept-Ranges"] = "bytes"
    if response.status_code != HTTPStatus.OK:
        return response
    if request.method == "HEAD":
        # A Range means something to GET alone (RFC 9110 section 14.2).
        blobs.check(stored)
        return response
    try:
        parts = choose_ranges(
            request.headers.get("Range"),
            request.headers.get("If-Range"),
            etag=etag,
            size_bytes=stored.size_bytes,
        )
    except UnsatisfiableRangeError:
        return _unsatisfiable(stored.size_bytes)
    if not parts:
        place = _place(places, stored.size_bytes)
        response.response = _holding(place, partial(blobs.whole, stored))
        return response
    sent = sum(part.stop - part.start for part in parts)
    place = _place(places, sent)
    response.status_code = HTTPStatus.PARTIAL_CONTENT
    if len(parts) == 1:
        response.headers["Content-Range"] = _content_range(parts[0], stored.size_bytes)
        begin = partial(blobs.part, stored, parts[0])
    else:
        boundary = secrets.token_hex(16)
        heads = [_head_of_part(boundary, part, stored.size_bytes) for part in parts]
        end = f"\r\n--{boundary}--\r\n".encode()
        sent += sum(map(len, heads)) + len(end)
        kind = f"multipart/byteranges; boundary={boundary}"
        response.headers["Content-Type"] = kind
        pieces = tuple(zip(heads, parts, strict=True))
        begin = partial(blobs.parts, stored, pieces, end)
    response.response = _holding(place, begin)
    response.headers["Content-Length"] = str(sent)
    return response


def _content_range(part: ByteRange, size_bytes: int) -> str:
    return f"bytes {part.start}-{part.stop - 1}/{size_bytes}"


def _head_of_part(boundary: str, part: ByteRange, size_bytes: int) -> bytes:
    """Begin a part of several. Source: RFC 9110 section 14.6."""
    return (
        f"\r\n--{boundary}\r\nContent-Type: {_BYTES}\r\n"
        f"Content-Range: {_content_range(part, size_bytes)}\r\n\r\n"
    ).encode()


def _place(places: Places, size_bytes: int) -> Place | None:
    """Take a place for a download that will hold a thread; None: it holds none.

    :raises TooBusyError: all are taken.
    """
    if size_bytes <= UNHELD_BYTES:
        return None
    place = places.take("downloads")
    if place is None:
        raise TooBusyError(
            "as many downloads are under way as this index takes at once",
            hint="ask again in a few seconds",
        )
    return place


def _holding(place: Place | None, begin: Callable[[], Sending]) -> Sending:
    """Begin to send, and give the place back at the end, or where nothing can be sent."""
    try:
        sending = begin()
    except BaseException:
        if place is not None:
            place.close()
        raise
    if place is not None:
        sending.at_end(place.close)
    return sending


def _whole_or_unchanged(etag: str, size_bytes: int) -> Response:
    """Begin an answer: 200 without its body yet, 304, or 412."""
    headers = {
        "ETag": etag,
        "Cache-Control": FOR_A_DAY,
        "X-Content-Type-Options": "nosniff",
    }
    if is_refused(request.headers.get("If-Match"), etag):
        return Response(status=HTTPStatus.PRECONDITION_FAILED, headers=headers)
    if is_unchanged(request.headers.get("If-None-Match"), etag):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    # Never a Content-Encoding: a client that unpacks it gets other bytes than the
    # hash promises.
    return Response(
        status=HTTPStatus.OK,
        headers={
            **headers,
            "Content-Length": str(size_bytes),
            "Content-Type": _BYTES,
        },
        direct_passthrough=True,
    )


def _unsatisfiable(size_bytes: int) -> Response:
    return Response(
        status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        headers={"Content-Range": f"bytes */{size_bytes}"},
    )
