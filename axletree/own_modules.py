"""The modules of this package, found where they are bound to be.

Start-up is most of what a quick answer costs, and half of it is the search for modules:
of each, Python lists its folder, asks for four files, and spells the paths of more. But
a module of ours lies in the folder of its package, as a file of its name; what else is
installed has no say. So its byte code is opened at once, and used under the very test
by which Python uses it: that the source has the size and the time that it was made of.
Whatever is otherwise (no byte code yet, a changed source, a package in an archive) is
left to Python's own finders.

It is the process that begins here which has its modules found so; who imports this
package into another program has them found as ever.
"""

from __future__ import annotations

import marshal
import os
import sys

# Of Python itself, so that they are there: to import `importlib` takes much longer.
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

_PREFIX = "axletree."
_HEAD = MAGIC_NUMBER + bytes(4)
"""Of byte code that is tested by time and size. Source: PEP 552."""
_BEFORE_CODE = 16
"""Bytes: the above, then time and size, of four bytes each."""
_MOST_BYTES = 1 << 16
"""Of byte code; what is larger is left to Python."""


class OwnModules:
    """A finder for `sys.meta_path`."""

    def __init__(self, tag: str) -> None:
        """Find byte code of this Python, as `sys.implementation` names it."""
        self._ending = f".{tag}.pyc"

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find a module of ours; None: it is none, or nothing is known of it here."""
        del target
        if not name.startswith(_PREFIX) or not path:
            return None
        stem = name.rpartition(".")[2]
        folder = path[0]
        return self._found(name, folder, stem) or self._found(
            name, f"{folder}/{stem}", "__init__"
        )

    def _found(self, name: str, folder: str, stem: str) -> ModuleSpec | None:
        source = f"{folder}/{stem}.py"
        cached = f"{folder}/__pycache__/{stem}{self._ending}"
        raw = _byte_code(source, cached)
        if raw is None:
            return None
        loader = _Loader(name, source, raw)
        spec = ModuleSpec(name, loader, origin=source)
        spec.has_location = True
        spec.cached = cached
        if stem == "__init__":
            spec.submodule_search_locations = [folder]
        return spec


class _Loader(SourceFileLoader):
    """Python's own, with the byte code at hand."""

    def __init__(self, name: str, path: str, raw: bytes) -> None:
        """Take over what the file of byte code holds."""
        super().__init__(name, path)
        self._raw = raw

    def get_code(self, fullname: str) -> CodeType | None:
        """Take the code out of it, the first time."""
        raw, self._raw = self._raw, b""
        if raw:
            code: CodeType = marshal.loads(memoryview(raw)[_BEFORE_CODE:])  # noqa: S302  as Python does
            # It may have been compiled elsewhere, and tracebacks name the file.
            if code.co_filename == self.path:
                return code
        return super().get_code(fullname)


def find_own_modules() -> None:
    """Have modules of ours found so from now on."""
    # Else byte code lies elsewhere.
    if not sys.flags.optimize and not sys.pycache_prefix:
        sys.meta_path.insert(0, OwnModules(sys.implementation.cache_tag))


def _byte_code(source: str, cached: str) -> bytes | None:
    """Read byte code; None: it is not that of the source as it is now."""
    try:
        found = os.stat(source)  # noqa: PTH116  pathlib costs more than a quick answer
        descriptor = os.open(cached, os.O_RDONLY)
    except OSError:
        return None
    try:
        raw = os.read(descriptor, _MOST_BYTES)
    finally:
        os.close(descriptor)
    made_of = _four_bytes(int(found.st_mtime)) + _four_bytes(found.st_size)
    is_whole = len(raw) < _MOST_BYTES and raw.startswith(_HEAD + made_of)
    return raw if is_whole else None


def _four_bytes(number: int) -> bytes:
    return (number & 0xFFFFFFFF).to_bytes(4, "little")
