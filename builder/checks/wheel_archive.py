"""Write a wheel anew: stamped with a version if asked for, and always the same bytes.

Stamping and normalising are one rewrite, since both end in a new RECORD. Only names
and two files change: METADATA's Version line (with the requirements that the recipe
exchanges) and RECORD; all else is copied as it is, in parts: a build may have made a
member of gigabytes.
"""

import base64
import csv
import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import (
    BuildTag,
    InvalidWheelFilename,
    NormalizedName,
    parse_wheel_filename,
)
from packaging.version import Version

from axletree.builder.checks.stamped_metadata import stamped_metadata
from axletree.builder.errors import CheckFailedError
from axletree.builder.recipes.stamp import (
    Stamp,
    stamped_version,
)
from axletree.late_dataclasses import dataclass
from axletree.sizes import size_words
from axletree.wheelhouse.archives.rules import (
    CHUNK_BYTES,
    METADATA_LIMIT_BYTES,
)
from axletree.wheelhouse.store.files import translate_storage_errors

LIMIT_BYTES = 4 << 30
"""Of a wheel's content, unpacked."""

_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The zip format knows no older time."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,  # encrypted
    ValueError,  # among them names that are no text
)
_REPLACED = ("RECORD", "RECORD.jws", "RECORD.p7s")


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelName:
    """The parts of a wheel's file name."""

    project: NormalizedName
    version: Version
    build: BuildTag
    tags: str
    """As spelled: `py3-none-any`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    entry: zipfile.ZipInfo
    """Where its content is read from, in parts."""
    is_program: bool
    content: bytes | None = None
    """In place of what stands there."""


def rewrite_wheel(
    wheel: Path,
    folder: Path,
    *,
    stamp: Stamp | None = None,
    platforms: Mapping[str, Sequence[str]] | None = None,
    source_time: datetime,
) -> Path:
    """Write `wheel` into `folder`, normalised.

    :param stamp: None: its version and requirements stay.
    :param platforms: platform in its tags -> those that stand for it from now on.
    :param source_time: of every file in it; even seconds from 1980 on are kept.
    :returns: the new file; its bytes depend on the arguments only.
    :raises CheckFailedError: when `wheel` is no sound wheel.
    :raises StampMissingError: when METADATA says another version than the file name.
    :raises MetadataDiffersError: when it lacks a requirement that is to be exchanged.
    """
    name = split_wheel_name(wheel)
    with _opened(wheel) as archive:
        members = _list_members(wheel, archive)
        info = find_info(wheel, members)
        stem = wheel.name.removesuffix(".whl")
        if platforms:
            kept, _, said = stem.rpartition("-")
            stem = f"{kept}-{'.'.join(_renamed(said.split('.'), platforms))}"
            members = _retag(wheel, archive, members, info, platforms)
        if stamp is not None:
            version = stamped_version(name.version, stamp.local)
            first, _, rest = stem.split("-", 2)
            stem = f"{first}-{version}-{rest}"
            metadata = _read_small(wheel, archive, members[f"{info}/METADATA"])
            content = stamped_metadata(wheel, metadata, name.version, stamp)
            members = _stamp(members, info, version, content)
            info = _stamped_info(info, version)
        target = folder / f"{stem}.whl"
        time = max(source_time.astimezone(UTC), _OLDEST)
        with translate_storage_errors(folder):
            _write(target, archive, members, info, time)
    return target


def split_wheel_name(wheel: Path) -> WheelName:
    """Split a wheel's file name.

    :raises CheckFailedError: when it is not one.
    """
    try:
        project, version, build, _ = parse_wheel_filename(wheel.name)
    except InvalidWheelFilename as error:
        raise CheckFailedError(
            f"the build's file name is not a wheel's: {error}", where=wheel.name
        ) from error
    tags = "-".join(wheel.name.removesuffix(".whl").split("-")[-3:])
    return WheelName(project=project, version=version, build=build, tags=tags)


def find_info(wheel: Path, names: Mapping[str, object]) -> str:
    """Return the name of the one `.dist-info` folder.

    :raises CheckFailedError: when there is none, or more than one.
    """
    found = {name.split("/")[0] for name in names if ".dist-info/" in name}
    infos = [name for name in found if name.endswith(".dist-info")]
    if len(infos) != 1 or f"{infos[0]}/METADATA" not in names:
        raise CheckFailedError(
            "the built wheel has no METADATA in one .dist-info folder",
            where=wheel.name,
        )
    return infos[0]


@contextmanager
def _opened(wheel: Path) -> Iterator[zipfile.ZipFile]:
    """Open a wheel, and say of all damage in it what it is.

    What the system refuses is none: a full disk says nothing about the wheel.
    """
    try:
        with translate_storage_errors(wheel), zipfile.ZipFile(wheel) as archive:
            yield archive
    except _DAMAGE as error:
        raise CheckFailedError(
            f"the built wheel cannot be read: {error}", where=wheel.name
        ) from error


def _list_members(wheel: Path, archive: zipfile.ZipFile) -> dict[str, _Member]:
    if sum(entry.file_size for entry in archive.infolist()) > LIMIT_BYTES:
        raise CheckFailedError(
            f"the built wheel unpacks to more than {size_words(LIMIT_BYTES)}",
            where=wheel.name,
        )
    members: dict[str, _Member] = {}
    for entry in archive.infolist():
        if not entry.is_dir():
            mode = entry.external_attr >> 16
            members[_checked(wheel, entry.filename, members)] = _Member(
                entry=entry, is_program=bool(mode & stat.S_IXUSR)
            )
    return members


def _read_small(
    wheel: Path, archive: zipfile.ZipFile, member: _Member, name: str = "METADATA"
) -> bytes:
    if member.entry.file_size > METADATA_LIMIT_BYTES:
        raise CheckFailedError(
            f"{name} of the built wheel has {size_words(member.entry.file_size)}",
            where=wheel.name,
        )
    return archive.read(member.entry)


def _checked(wheel: Path, name: str, seen: Mapping[str, object]) -> str:
    parts = name.split("/")
    if name in seen or "\\" in name or {"", ".", ".."} & set(parts):
        raise CheckFailedError(
            f"the built wheel holds an unsafe or repeated name: {name!r}",
            where=wheel.name,
        )
    return name


def _stamped_info(info: str, version: Version) -> str:
    return f"{info.partition('-')[0]}-{version}.dist-info"


def _stamp(
    members: Mapping[str, _Member], info: str, version: Version, metadata: bytes
) -> dict[str, _Member]:
    """Give METADATA its new content, `.dist-info` and `.data` their new names."""
    stamped_info = _stamped_info(info, version)
    new_names = {
        info: stamped_info,
        _data_folder(info): _data_folder(stamped_info),
    }
    stamped = {}
    for name, member in members.items():
        first, slash, rest = name.partition("/")
        stamped[new_names.get(first, first) + slash + rest] = member
    path = f"{stamped_info}/METADATA"
    stamped[path] = replace(stamped[path], content=metadata, is_program=False)
    return stamped


def _renamed(
    said: Sequence[str], platforms: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Put platforms in place of others; each stands once."""
    found = (new for old in said for new in platforms.get(old, (old,)))
    return tuple(dict.fromkeys(found))


def _retag(
    wheel: Path,
    archive: zipfile.ZipFile,
    members: Mapping[str, _Member],
    info: str,
    platforms: Mapping[str, Sequence[str]],
) -> dict[str, _Member]:
    """Let WHEEL name the same platforms as the file's new name; all else stays.

    :raises CheckFailedError: it names others than the file's old name.
    """
    path = f"{info}/WHEEL"
    if path not in members:
        raise CheckFailedError("the built wheel has no WHEEL file", where=wheel.name)
    content = _read_small(wheel, archive, members[path], "WHEEL")
    said: set[str] = set()
    lines: dict[bytes, None] = {}
    others: list[bytes] = []
    for line in content.split(b"\n"):
        key, _, value = line.partition(b":")
        if key.strip().lower() != b"tag":
            others.append(line)
            continue
        tag = value.strip().decode(errors="replace")
        said.add(tag)
        head, _, platform = tag.rpartition("-")
        for new in _renamed([platform], platforms):
            lines[f"Tag: {head}-{new}".encode()] = None
    named = {str(tag) for tag in parse_wheel_filename(wheel.name)[3]}
    if said != named:
        raise CheckFailedError(
            f"the built wheel's WHEEL has the tags {', '.join(sorted(said)) or 'none'}, "
            f"its file name {', '.join(sorted(named))}",
            where=wheel.name,
        )
    text = b"\n".join([*b"\n".join(others).rstrip().split(b"\n"), *lines]) + b"\n"
    return {**members, path: replace(members[path], content=text)}


def _data_folder(info: str) -> str:
    return info.removesuffix("dist-info") + "data"


def _write(
    target: Path,
    source: zipfile.ZipFile,
    members: Mapping[str, _Member],
    info: str,
    time: datetime,
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # .dist-info comes last, as the wheel format recommends, and RECORD closes it.
    # A signature of the old RECORD would be wrong.
    names = sorted(
        members.keys() - {f"{info}/{name}" for name in _REPLACED},
        key=lambda name: (name.startswith(f"{info}/"), name),
    )
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            member = members[name]
            entry = _entry(name, 0o755 if member.is_program else 0o644, time)
            digest, size = _copy(source, member, archive, entry)
            rows.writerow((name, f"sha256={digest}", size))
        rows.writerow((f"{info}/RECORD", "", ""))
        entry = _entry(f"{info}/RECORD", 0o644, time)
        archive.writestr(entry, record.getvalue().encode())


def _copy(
    source: zipfile.ZipFile,
    member: _Member,
    target: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
) -> tuple[str, int]:
    """Copy a member in parts; return its digest as RECORD spells it, and its size."""
    digest = hashlib.sha256()
    content = member.content
    entry.file_size = member.entry.file_size if content is None else len(content)
    opened = source.open(member.entry) if content is None else io.BytesIO(content)
    with opened as parts, target.open(entry, "w") as sink:
        while part := parts.read(CHUNK_BYTES):
            digest.update(part)
            sink.write(part)
    spelled = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
    return spelled, entry.file_size


def _entry(name: str, mode: int, time: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(
        name, (time.year, time.month, time.day, time.hour, time.minute, time.second)
    )
    entry.create_system = 3  # Unix, whatever runs this.
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | mode) << 16
    return entry
