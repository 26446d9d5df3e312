"""Wheels that hold metadata only, the same bytes for the same facts.

Installers read and even install them, so a conflict can be shown with a few hundred
bytes a release. Source: binary distribution format, core metadata 2.1.
"""

import base64
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import expand_tag

PURE = "py3-none-any"
"""The tag of a wheel that every installer of today can use."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""Zip knows no earlier time."""
_REGULAR_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyWheel:
    """What one wheel says, and what its index page says of it."""

    project: NormalizedName
    version: str
    build: str = ""
    tag: str = PURE
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()
    yanked: str | None = None
    """On the page alone. None: not yanked."""

    @property
    def filename(self) -> str:
        """Spell the file's name."""
        stem = f"{self._stem}-{self.build}" if self.build else self._stem
        return f"{stem}-{self.tag}.whl"

    @property
    def metadata(self) -> str:
        """Return its METADATA."""
        lines = ["Metadata-Version: 2.1", f"Name: {self.project}"]
        lines.append(f"Version: {self.version}")
        if self.requires_python is not None:
            lines.append(f"Requires-Python: {self.requires_python}")
        lines += [f"Provides-Extra: {extra}" for extra in self.provides_extra]
        lines += [f"Requires-Dist: {line}" for line in self.requires_dist]
        return "".join(f"{line}\n" for line in lines)

    def content(self) -> bytes:
        """Return the wheel's bytes."""
        members = {"METADATA": self.metadata, "WHEEL": self._wheel()}
        members["RECORD"] = self._record(members)
        stream = io.BytesIO()
        with ZipFile(stream, "w") as archive:
            for name, text in members.items():
                info = ZipInfo(f"{self._folder}/{name}", _EARLIEST)
                # As on Unix, wherever this runs.
                info.create_system = 3
                info.external_attr = _REGULAR_FILE
                info.compress_type = ZIP_DEFLATED
                archive.writestr(info, text.encode())
        return stream.getvalue()

    @property
    def _stem(self) -> str:
        # A dash in a version (PEP 440's other spelling of a post release) would end it.
        version = self.version.replace("-", "_")
        return f"{self.project.replace('-', '_')}-{version}"

    @property
    def _folder(self) -> str:
        return f"{self._stem}.dist-info"

    def _wheel(self) -> str:
        lines = ["Wheel-Version: 1.0", "Generator: axletree", "Root-Is-Purelib: true"]
        lines += [f"Build: {self.build}"] if self.build else []
        lines += [f"Tag: {tag}" for tag in expand_tag(self.tag)]
        return "".join(f"{line}\n" for line in lines)

    def _record(self, members: Mapping[str, str]) -> str:
        rows = [
            f"{self._folder}/{name},{_digest(text)},{len(text.encode())}\n"
            for name, text in members.items()
        ]
        return "".join((*rows, f"{self._folder}/RECORD,,\n"))


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}"
