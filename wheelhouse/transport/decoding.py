"""Bodies that come compressed, unpacked piece by piece.

libcurl could do it, but only into the memory that a bomb asks for: a reader that is
written in Python cannot stop it in between without losing Ctrl-C (see
`axletree.wheelhouse.transport.transfer`).
"""

import zlib
from collections.abc import Iterator

ACCEPTED = "gzip"
PIECE_BYTES = 256 * 1024
_GZIP = zlib.MAX_WBITS | 16


class UndecodableError(ValueError):
    """A body that is not packed as its headers say."""


class Decoder:
    """Unpacks one body, as `Content-Encoding` names it."""

    def __init__(self, encoding: str) -> None:
        """Begin.

        :raises UndecodableError: if the encoding was not asked for.
        """
        self._gzip = None
        encoding = encoding.strip().lower()
        if encoding in {"gzip", "x-gzip"}:
            self._gzip = zlib.decompressobj(_GZIP)
        elif encoding not in {"", "identity"}:
            message = f"it comes as {encoding[:40]!r}, which was not asked for"
            raise UndecodableError(message)
        self._has_begun = False

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what the chunk holds, never more than `PIECE_BYTES` at once.

        :raises UndecodableError: if it is damaged.
        """
        if self._gzip is None:
            yield chunk
            return
        piece = b""
        # A full piece may have left something inside, when the chunk is used up.
        while chunk or (len(piece) == PIECE_BYTES and not self._gzip.eof):
            if self._gzip.eof:
                # Zeros may fill a block, then another member may follow.
                # Source: RFC 1952 §2.2.
                chunk = chunk.lstrip(b"\0")
                if not chunk:
                    return
                self._gzip = zlib.decompressobj(_GZIP)
            self._has_begun = True
            try:
                piece = self._gzip.decompress(chunk, PIECE_BYTES)
            except zlib.error as error:
                message = f"it is not valid gzip: {error}"
                raise UndecodableError(message) from error
            yield piece
            chunk = self._gzip.unconsumed_tail or self._gzip.unused_data

    def end(self) -> None:
        """Check that nothing is missing.

        :raises UndecodableError: if something is.
        """
        if self._gzip is not None and self._has_begun and not self._gzip.eof:
            message = "its gzip is cut off"
            raise UndecodableError(message)
