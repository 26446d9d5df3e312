"""The entry check of a wheel: its name, its inside and its RECORD must agree.

Source: binary distribution format (PEP 427 and its successors).
"""

from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from packaging.tags import Tag
from packaging.utils import (
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_wheel_filename,
)
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.file_names import (
    FileNames,
    RefusedName,
)
from axletree.resolver.model.foreign_text import parse_version
from axletree.wheelhouse.archives.bounded_zip import opened_zip
from axletree.wheelhouse.archives.rules import (
    METADATA_LIMIT_BYTES,
    check_zip_members,
    damage_is_a_defect,
)
from axletree.wheelhouse.entry.record import check_record
from axletree.wheelhouse.findings import Findings, Inspected, check_metadata
from axletree.wheelhouse.metadata.core import (
    contradiction,
    read_headers,
    unknown_format,
)
from axletree.wheelhouse.model import Strictness

RECORD_LIMIT_BYTES = 16 << 20
"""Ten times that of the largest real wheel; its rows take some times that in memory."""

_UNHASHED = frozenset({"RECORD", "RECORD.jws", "RECORD.p7s"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelName:
    """What the file name of a wheel says."""

    project: NormalizedName
    version: Version
    build: str
    tags: frozenset[Tag]


def inspect_wheel(path: Path, filename: str, strictness: Strictness) -> Inspected:
    """Check a wheel whole; reads and hashes every byte.

    :param filename: the name under which it is to be published.
    :raises InvalidDistributionError: it is no valid wheel; the error names all defects.
    """
    findings = Findings(filename=filename, strictness=strictness)
    name = _parse_name(filename, findings)
    with damage_is_a_defect(findings), opened_zip(path) as archive:
        members = check_zip_members(archive, findings)
        folder = _dist_info(members, name, findings)
        metadata = _read(archive, members, f"{folder}/METADATA", findings)
        _check_wheel_file(
            _read(archive, members, f"{folder}/WHEEL", findings), name, findings
        )
        record = _read(archive, members, f"{folder}/RECORD", findings)
        hashed = {
            member: info
            for member, info in members.items()
            if member not in {f"{folder}/{name}" for name in _UNHASHED}
        }
        check_record(archive, hashed, record, findings)
    headers = read_headers(metadata)
    contradicted = contradiction(headers, name.project, str(name.version))
    if contradicted:
        findings.defect(contradicted)
    check_metadata(metadata, findings)
    spelled = FileNames(name.project).read(filename)
    if spelled is None or isinstance(spelled, RefusedName):
        raise findings.stop("its file name is not valid")
    _, _, version, _, tag = spelled
    return Inspected(
        project=name.project,
        version=version,
        kind="wheel",
        tag=tag,
        build=name.build,
        identity=_identity(name),
        metadata=metadata,
        requires_python=headers.get("requires-python", ("",))[0] or None,
        notes=findings.settle(),
        untrue=findings.untrue,
    )


def _parse_name(filename: str, findings: Findings) -> WheelName:
    try:
        project, version, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise findings.stop(f"its file name is not valid: {error}") from error
    return WheelName(
        project=project,
        version=version,
        build="".join(map(str, build)),
        tags=tags,
    )


def _identity(name: WheelName) -> str:
    tags = ".".join(sorted(map(str, name.tags)))
    return f"{name.project} {name.version} {name.build} {tags}"


def _dist_info(
    members: Mapping[str, ZipInfo], name: WheelName, findings: Findings
) -> str:
    tops = {member.split("/")[0] for member in members if "/" in member}
    folders = sorted(top for top in tops if top.endswith(".dist-info"))
    if len(folders) != 1:
        raise findings.stop(f"it has {len(folders)} .dist-info folders, not one")
    stem = folders[0].removesuffix(".dist-info")
    project, _, version = stem.rpartition("-")
    if canonicalize_name(project) != name.project:
        findings.defect(f"{folders[0]} is another project's")
    elif parse_version(version.replace("_", "-")) != name.version:
        findings.flaw(f"{folders[0]} is another version's")
    return folders[0]


def _read(
    archive: ZipFile, members: Mapping[str, ZipInfo], path: str, findings: Findings
) -> bytes:
    member = members.get(path)
    if member is None:
        raise findings.stop(f"it has no {path}")
    limit = RECORD_LIMIT_BYTES if path.endswith("/RECORD") else METADATA_LIMIT_BYTES
    if member.file_size > limit:
        raise findings.stop(f"its {path} has {member.file_size} bytes, over {limit}")
    return archive.read(member)


def _check_wheel_file(raw: bytes, name: WheelName, findings: Findings) -> None:
    headers = read_headers(raw)
    unknown = unknown_format(headers)
    if unknown:
        findings.defect(unknown)
    tags = frozenset(headers.get("tag", ()))
    if tags != frozenset(map(str, name.tags)):
        findings.flaw("the tags in its WHEEL and in its file name differ")
    if headers.get("build", ("",))[0] != name.build:
        findings.flaw("the build tags in its WHEEL and in its file name differ")
