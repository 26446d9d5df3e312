"""The body of an upload: fields in memory, within limits, and one file on disk.

The file goes straight to a folder of the wheelhouse's own file system and is hashed as
it comes, so that memory stays the same for any size. What a part calls itself is never
a path.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Protocol

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

from axletree.late_dataclasses import dataclass
from axletree.server.answers.errors import (
    InvalidUploadError,
    UploadTooLargeError,
)
from axletree.wheelhouse.store.files import translate_storage_errors

FILE_FIELD = "content"
MAX_FIELDS = 2000
"""twine sends one for each classifier, each requirement, each URL."""
MAX_FIELD_BYTES = 8 * 1024**2
"""Of one field; the description is the longest."""
MAX_FIELDS_BYTES = 16 * 1024**2
"""Of all fields."""
READ_BYTES = 256 * 1024
_MAX_BOUNDARY = 200
"""RFC 2046 allows 70."""
DIGESTS = ("sha256", "blake2_256", "md5")


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class _Sink(Protocol):
    def write(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """The file that came, as it lies on disk."""

    path: Path
    filename: str
    """What the client calls it."""
    size_bytes: int
    digests: Mapping[str, str]
    """In hexadecimal, by the names of `DIGESTS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A whole body."""

    fields: MultiDict[str, str]
    file: ReceivedFile


class _FileSink:
    """Writes and hashes, up to a limit."""

    def __init__(self, path: Path, filename: str, max_bytes: int) -> None:
        self.filename = filename
        self._path = path
        with translate_storage_errors(path):
            self._file = path.open("xb")
        self._left = max_bytes
        self._size = 0
        self._hashes: dict[str, _Hash] = {
            "sha256": hashlib.sha256(),
            "blake2_256": hashlib.blake2b(digest_size=32),
            "md5": hashlib.md5(usedforsecurity=False),
        }

    def write(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._left:
            raise UploadTooLargeError(
                f"the file is larger than {self._left} bytes",
                hint="axletree serve --max-upload allows more",
            )
        with translate_storage_errors(self._path):
            self._file.write(data)
        for digest in self._hashes.values():
            digest.update(data)

    def close(self) -> None:
        with translate_storage_errors(self._path):
            self._file.close()

    def received(self) -> ReceivedFile:
        return ReceivedFile(
            path=self._path,
            filename=self.filename,
            size_bytes=self._size,
            digests={name: each.hexdigest() for name, each in self._hashes.items()},
        )


class _FieldSink:
    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > MAX_FIELD_BYTES:
            raise UploadTooLargeError(
                f"a field is longer than {MAX_FIELD_BYTES} bytes",
                hint="only the file may be large",
            )
        self._parts.append(data)

    def text(self) -> str:
        return b"".join(self._parts).decode(errors="replace")


class _Nothing:
    """Takes what nobody asked for: a signature, say."""

    def write(self, data: bytes) -> None:
        pass


def read_form(
    stream: IO[bytes], content_type: str | None, folder: Path, *, max_file_bytes: int
) -> Form:
    """Read a body to its end; its file comes to lie in `folder`.

    :raises InvalidUploadError: it is no form, or has no file or more than one.
    :raises UploadTooLargeError: something is above its limit.
    :raises ClientDisconnected: it ended early.
    :raises NoSpaceError: the disk is full.
    :raises StorageError: the file cannot be written.

    Source: RFC 7578.
    """
    reader = _Reader(folder, max_file_bytes)
    try:
        for event in _events(stream, _boundary(content_type)):
            reader.take(event)
    except ValueError as error:
        raise InvalidUploadError(f"the form cannot be read: {error}") from error
    except RequestEntityTooLarge as error:
        raise UploadTooLargeError(
            "the form's fields are too many or too long",
            hint="only the file may be large",
        ) from error
    finally:
        reader.close()
    return reader.form()


def _boundary(content_type: str | None) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not 0 < len(boundary) <= _MAX_BOUNDARY:
        raise InvalidUploadError(
            "the body is no multipart/form-data",
            hint="upload with twine or uv publish",
        )
    return boundary.encode("latin-1", "replace")


def _events(stream: IO[bytes], boundary: bytes) -> Iterator[object]:
    decoder = MultipartDecoder(
        boundary, max_form_memory_size=MAX_FIELD_BYTES, max_parts=MAX_FIELDS
    )
    is_over = False
    while not is_over:
        data = stream.read(READ_BYTES)
        is_over = not data
        decoder.receive_data(data or None)
        event = decoder.next_event()
        while not isinstance(event, NeedData | Epilogue):
            yield event
            event = decoder.next_event()


class _Reader:
    """Puts each part where it belongs."""

    def __init__(self, folder: Path, max_file_bytes: int) -> None:
        self._folder = folder
        self._max_file_bytes = max_file_bytes
        self._fields: list[tuple[str, str]] = []
        self._fields_bytes = 0
        self._file: _FileSink | None = None
        self._field_name = ""
        self._sink: _Sink = _Nothing()

    def take(self, event: object) -> None:
        match event:
            case File(name=name, filename=filename):
                self._sink = self._sink_of_file(str(name), filename)
            case Field(name=name):
                self._field_name, self._sink = str(name), _FieldSink()
            case Data(data=data, more_data=more_data):
                self._sink.write(data)
                if isinstance(self._sink, _FieldSink):
                    self._count(len(data))
                    if not more_data:
                        self._fields.append((self._field_name, self._sink.text()))
            case _:
                pass

    def _sink_of_file(self, name: str, filename: str) -> _Sink:
        if name != FILE_FIELD:
            return _Nothing()
        if self._file is not None:
            raise InvalidUploadError(
                "the form has two files", hint="send one at a time"
            )
        self._file = _FileSink(self._folder / "upload", filename, self._max_file_bytes)
        return self._file

    def _count(self, size: int) -> None:
        self._fields_bytes += size
        if self._fields_bytes > MAX_FIELDS_BYTES:
            raise UploadTooLargeError(
                f"the form's fields are longer than {MAX_FIELDS_BYTES} bytes together",
                hint="only the file may be large",
            )

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def form(self) -> Form:
        if self._file is None:
            raise InvalidUploadError(
                f"the form has no file called {FILE_FIELD!r}",
                hint="upload with twine or uv publish",
            )
        return Form(fields=MultiDict(self._fields), file=self._file.received())
