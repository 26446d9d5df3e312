"""Makers of small wheels and sdists, the same bytes for the same arguments."""

import base64
import hashlib
import io
import re
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from gzip import GzipFile
from pathlib import Path

from axletree.wheelhouse.gate import Finding

_DATE = (2022, 1, 1, 0, 0, 0)


def escape_name(name: str) -> str:
    """Spell a project's name as file names do."""
    return re.sub(r"[-_.]+", "_", name).lower()


def make_metadata(  # noqa: PLR0913  one argument for each header
    name: str,
    version: str,
    *,
    requires_dist: Iterable[str] = (),
    requires_python: str | None = None,
    provides_extra: Iterable[str] = (),
    dynamic: Iterable[str] = (),
    metadata_version: str = "2.2",
    description: str = "",
) -> bytes:
    lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}"]
    lines.append(f"Version: {version}")
    lines += [f"Dynamic: {field}" for field in dynamic]
    if requires_python is not None:
        lines.append(f"Requires-Python: {requires_python}")
    lines += [f"Provides-Extra: {extra}" for extra in provides_extra]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires_dist]
    return ("\n".join(lines) + f"\n\n{description}").encode()


def make_wheel(  # noqa: PLR0913  one argument for each thing that a wheel can vary in
    folder: Path,
    name: str,
    version: str,
    *,
    requires_dist: Iterable[str] = (),
    requires_python: str | None = None,
    provides_extra: Iterable[str] = (),
    tag: str = "py3-none-any",
    build: str = "",
    files: Mapping[str, str | bytes] | None = None,
    entry_points: str | None = None,
) -> Path:
    """Write a valid wheel into `folder` (made if missing).

    :param files: archive path -> content; without it, one module named as the project.
    """
    metadata = make_metadata(
        name,
        version,
        requires_dist=requires_dist,
        requires_python=requires_python,
        provides_extra=provides_extra,
    )
    members = wheel_members(
        name, version, metadata=metadata, tag=tag, build=build, files=files
    )
    if entry_points is not None:
        info = f"{escape_name(name)}-{version}.dist-info"
        members[f"{info}/entry_points.txt"] = entry_points.encode()
    parts = [escape_name(name), version.replace("-", "_"), *filter(None, [build]), tag]
    folder.mkdir(parents=True, exist_ok=True)
    return write_wheel(folder / ("-".join(parts) + ".whl"), members)


def wheel_members(  # noqa: PLR0913  as make_wheel
    name: str,
    version: str,
    *,
    metadata: bytes,
    tag: str = "py3-none-any",
    build: str = "",
    files: Mapping[str, str | bytes] | None = None,
) -> dict[str, bytes]:
    """List what a wheel holds, without RECORD, for tests to spoil."""
    module = f"{escape_name(name)}.py"
    given = {module: f"__version__ = {version!r}\n"} if files is None else files
    members = {
        path: content.encode() if isinstance(content, str) else content
        for path, content in given.items()
    }
    info = f"{escape_name(name)}-{version}.dist-info"
    members[f"{info}/METADATA"] = metadata
    members[f"{info}/WHEEL"] = _wheel_file(tag, build)
    return members


def _wheel_file(tag: str, build: str) -> bytes:
    python, abi, platform = tag.split("-")
    pure = "true" if abi == "none" and platform == "any" else "false"
    lines = ["Wheel-Version: 1.0", "Generator: tests", f"Root-Is-Purelib: {pure}"]
    lines += [
        f"Tag: {p}-{a}-{m}"
        for p in python.split(".")
        for a in abi.split(".")
        for m in platform.split(".")
    ]
    if build:
        lines.append(f"Build: {build}")
    return ("\n".join(lines) + "\n").encode()


def write_wheel(
    path: Path, members: Mapping[str, bytes], *, record: str | None = None
) -> Path:
    """Write members and their RECORD (or the one given) as a wheel."""
    info = next(name.split("/")[0] for name in members if name.endswith("/WHEEL"))
    record_path = f"{info}/RECORD"
    if record is None:
        record = make_record(members) + f"{record_path},,\n"
    return write_zip(path, {**members, record_path: record.encode()})


def make_record(members: Mapping[str, bytes]) -> str:
    """Write RECORD's rows, without the one for RECORD itself."""
    return "".join(
        f"{_cell(name)},sha256={_record_digest(content)},{len(content)}\n"
        for name, content in members.items()
    )


def _cell(text: str) -> str:
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if {*'",\r\n'} & {*text} else text


def _record_digest(content: bytes) -> str:
    digest = hashlib.sha256(content).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, _DATE)
            member.external_attr = 0o100644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return path


def with_twin(path: Path, name: str, content: bytes) -> Path:
    """Add a member of that name, whether there is one or not."""
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of the duplicate name
        archive.writestr(name, content)
    return path


def repacked(path: Path, *, method: int, member: str = "") -> Path:
    """Say of one member, or of each, that it is packed by another method."""
    raw = bytearray(path.read_bytes())
    for signature, place, name_at in ((b"PK\3\4", 8, 30), (b"PK\1\2", 10, 46)):
        at = -1
        while (at := raw.find(signature, at + 1)) >= 0:
            if raw[at + name_at :].startswith(member.encode()):
                struct.pack_into("<H", raw, at + place, method)
    path.write_bytes(raw)
    return path


def make_sdist(  # noqa: PLR0913  one argument for each thing that an sdist can vary in
    folder: Path,
    name: str,
    version: str,
    *,
    requires_dist: Iterable[str] = (),
    requires_python: str | None = None,
    dynamic: Iterable[str] = (),
    metadata_version: str = "2.2",
    files: Mapping[str, str | bytes] | None = None,
) -> Path:
    """Write a `.tar.gz` sdist into `folder` (made if missing).

    :param files: path below the sdist's own folder -> content, beside PKG-INFO.
    """
    stem = f"{escape_name(name)}-{version}"
    members = {
        f"{stem}/{path}": content.encode() if isinstance(content, str) else content
        for path, content in (files or {}).items()
    }
    members[f"{stem}/PKG-INFO"] = make_metadata(
        name,
        version,
        requires_dist=requires_dist,
        requires_python=requires_python,
        dynamic=dynamic,
        metadata_version=metadata_version,
    )
    folder.mkdir(parents=True, exist_ok=True)
    return write_tar_gz(folder / f"{stem}.tar.gz", members)


def write_tar_gz(path: Path, members: Mapping[str, bytes]) -> Path:
    with (
        path.open("wb") as file,
        # An empty name and a fixed time: gzip would write both into its header.
        GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mtime = 1_640_995_200  # 2022-01-01
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(content))
    return path


def told(findings: Iterable[Finding]) -> str:
    """Join what an entry check tells."""
    return "; ".join(finding.text for finding in findings)
