"""Git LFS: a pointer of some lines where a clone has a large file.

What it points to is not in the repository. It is not fetched: the recipe names a file
that lies beside it, found by the hash that stands in the pointer.

Source: git-lfs, docs/spec.md.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from axletree.builder.errors import InvalidRecipeError, PinMismatchError
from axletree.builder.recipes.source_table import LargeFile

LARGEST_POINTER_BYTES = 1024
"""As the specification has it."""
_POINTER = re.compile(
    rb"version https?://[^\s/]+/spec/v1\r?\n(?:ext-\d-\S+ sha256:[0-9a-f]{64}\r?\n)*"
    rb"oid sha256:([0-9a-f]{64})\r?\nsize (\d{1,18})\r?\n?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What a pointer says of its file."""

    sha256: str
    size_bytes: int


def read_pointer(content: bytes) -> Pointer | None:
    """Read a pointer; None for any other file."""
    found = _POINTER.fullmatch(content)
    if found is None:
        return None
    return Pointer(sha256=found[1].decode("ascii"), size_bytes=int(found[2]))


def large_file_of(pointer: Pointer, given: Sequence[LargeFile]) -> LargeFile | None:
    """Return the file that the recipe gives for a pointer, held against both.

    :raises InvalidRecipeError: when it is not there.
    :raises PinMismatchError: when it is another file.
    """
    found = next((file for file in given if file.sha256 == pointer.sha256), None)
    if found is None:
        return None
    try:
        with found.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = file.tell()
    except OSError as error:
        raise InvalidRecipeError(
            f"the file of [[source.lfs]] cannot be read: {error.strerror}",
            where=str(found.path),
            hint="put it beside the recipe: `git lfs pull` brings it into a clone",
        ) from error
    if (digest, size_bytes) != (pointer.sha256, pointer.size_bytes):
        raise PinMismatchError(
            f"{found.path.name} has sha256 {digest} and {size_bytes} bytes, the LFS "
            f"pointer says {pointer.sha256} and {pointer.size_bytes}",
            where=str(found.path),
        )
    return found
