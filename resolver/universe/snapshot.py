"""A universe as one JSON document, for tests and bug reports.

Per file: name (which says version, build and tags), hashes, Requires-Python, yank,
upload time, size, metadata; never an index address, so that a snapshot can be shown
around. One that holds what a run read, and not all there is, says how it read (with
`"reading"`) and has null for a project that does not exist. The recorded universes of
facts, which know releases but no files, are read too: each release then stands as one
pure wheel.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.distribution import (
    UNUSABLE_KINDS,
    DistributionFile,
    FileMetadata,
    Page,
    UnusableKind,
    UnusableMetadata,
)
from axletree.resolver.model.errors import InvalidSnapshotError
from axletree.resolver.model.file_names import (
    FileNames,
    RefusedName,
    shown_name,
)
from axletree.resolver.model.json_types import (
    Json,
    JsonObject,
)
from axletree.resolver.universe.composed import (
    FrozenUniverse,
    RecordedUniverse,
)
from axletree.resolver.universe.protocol import MetadataAnswer

FORMAT = "axletree.universe/1"
_is_python = re.compile(r"[23]\.[0-9]{1,3}", re.ASCII).fullmatch
FACTS_FORMAT = "axletree-universe-facts/1"


def recording_to_json(
    pages: Mapping[NormalizedName, Page | None],
    metadata: Mapping[str, MetadataAnswer],
    *,
    is_frozen: bool,
) -> JsonObject:
    """Give the document of what a run read; `metadata` is by file name."""
    reading = "frozen" if is_frozen else "lazy"
    projects: JsonObject = {
        project: _page_to_json(page, metadata)
        for project, page in sorted(pages.items())
    }
    return {"format": FORMAT, "reading": reading, "projects": projects}


def universe_from_json(document: object) -> FrozenUniverse | RecordedUniverse:
    """Read a document of either form.

    :raises InvalidSnapshotError: naming the place, when it is neither.
    """
    match document:
        case {"format": "axletree.universe/1", "projects": dict() as projects, **rest}:
            read = _read_files
        case {
            "format": "axletree-universe-facts/1",
            "projects": dict() as projects,
            **rest,
        }:
            read = _read_facts
        case {"python": _, "projects": dict() as projects, **rest} if (
            "format" not in rest
        ):
            read = _read_facts
        case _:
            raise InvalidSnapshotError(
                "the file is not a snapshot",
                where="format",
                hint=f'it begins with "format": "{FORMAT}" and has "projects"; '
                "make one with axletree snapshot",
            )
    metadata: dict[str, MetadataAnswer] = {}
    pages: dict[NormalizedName, Page] = {}
    absent: dict[NormalizedName, None] = {}
    for name, listed in projects.items():
        project = canonicalize_name(name)
        if listed is None:
            absent[project] = None
            continue
        files = read(project, listed, f"projects.{name}", metadata)
        pages[project] = Page(project=project, files=files)
    match rest.get("reading"):
        case None:
            return FrozenUniverse(page_of=pages, metadata_of=metadata)
        case "frozen" | "lazy" as reading:
            return RecordedUniverse(
                page_of={**pages, **absent},
                metadata_of=metadata,
                is_frozen=reading == "frozen",
            )
        case _:
            raise _invalid("reading", '"frozen" or "lazy"')


def _page_to_json(
    page: Page | None, metadata: Mapping[str, MetadataAnswer]
) -> list[Json] | None:
    if page is None:
        return None
    return [_file_to_json(file, metadata.get(file.filename)) for file in page.files]


def _file_to_json(file: DistributionFile, answer: MetadataAnswer | None) -> JsonObject:
    form: JsonObject = {"filename": file.filename}
    if file.hashes:
        form["hashes"] = dict(sorted(file.hashes.items()))
    if file.requires_python is not None:
        form["requires_python"] = file.requires_python
    if file.size_bytes is not None:
        form["size_bytes"] = file.size_bytes
    if file.upload_time is not None:
        form["upload_time"] = file.upload_time.isoformat()
    if file.yanked is not None:
        form["yanked"] = file.yanked
    if file.index_rank:
        form["index_rank"] = file.index_rank
    if answer is not None:
        form["metadata"] = _metadata_to_json(answer)
    return form


def _metadata_to_json(answer: MetadataAnswer) -> Json:
    if isinstance(answer, UnusableMetadata):
        kind = {} if answer.kind == "invalid" else {"kind": answer.kind}
        return {"unusable": answer.reason, **kind}
    since = answer.unpacked_since
    return {
        "requires_dist": list(answer.requires_dist),
        "requires_python": answer.requires_python,
        "provides_extra": list(answer.provides_extra),
        **({"unpacked_since": since} if since is not None else {}),
    }


def _read_files(
    project: NormalizedName,
    listed: object,
    where: str,
    metadata: dict[str, MetadataAnswer],
) -> tuple[DistributionFile, ...]:
    if not isinstance(listed, list):
        raise _invalid(where, "a list of files")
    files: list[DistributionFile] = []
    for index, form in enumerate(listed):
        place = f"{where}[{index}]"
        if not isinstance(form, dict):
            raise _invalid(place, "an object")
        file = _read_file(project, form, place)
        if "metadata" in form:
            metadata[file.filename] = _read_answer(
                form["metadata"], f"{place}.metadata"
            )
        files.append(file)
    return tuple(files)


def _read_facts(
    project: NormalizedName,
    listed: object,
    where: str,
    metadata: dict[str, MetadataAnswer],
) -> tuple[DistributionFile, ...]:
    if not isinstance(listed, dict):
        raise _invalid(where, "an object of versions")
    files: list[DistributionFile] = []
    for version, form in listed.items():
        place = f"{where}.{version}"
        spelled = str(version).replace("-", "_")
        filename = f"{project.replace('-', '_')}-{spelled}-py3-none-any.whl"
        answer = _read_metadata(form, place)
        metadata[filename] = answer
        file = _bare_file(project, filename, place)
        files.append(replace(file, requires_python=answer.requires_python))
    return tuple(files)


def _read_file(
    project: NormalizedName, form: Mapping[str, object], where: str
) -> DistributionFile:
    filename = form.get("filename")
    if not isinstance(filename, str):
        raise _invalid(f"{where}.filename", "a file name")
    hashes = form.get("hashes", {})
    if not isinstance(hashes, dict) or not all(
        isinstance(digest, str) for digest in hashes.values()
    ):
        raise _invalid(f"{where}.hashes", "an object of digests")
    return replace(
        _bare_file(project, filename, where),
        hashes=hashes,
        requires_python=_text(form, "requires_python", where),
        size_bytes=_count(form, "size_bytes", where, "a number of bytes"),
        upload_time=_read_time(form, where),
        yanked=_text(form, "yanked", where),
        index_rank=_count(form, "index_rank", where, "the place of an index") or 0,
    )


def _bare_file(project: NormalizedName, filename: str, where: str) -> DistributionFile:
    """Make a file of which only the name is known."""
    name = FileNames(project).read(filename)
    if name is None or isinstance(name, RefusedName):
        why = f" ({name.reason})" if name is not None else ""
        raise _invalid(
            where, f"a wheel or sdist of {project}, but '{shown_name(filename)}'{why}"
        )
    safe, kind, version, build, tag = name
    return DistributionFile(
        project=project,
        filename=safe,
        kind=kind,
        version=version,
        build=build,
        tag=tag,
    )


def _read_time(form: Mapping[str, object], where: str) -> datetime | None:
    text = _text(form, "upload_time", where)
    if text is None:
        return None
    place = f"{where}.upload_time"
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise _invalid(place, "a time as in RFC 3339") from error
    if time.tzinfo is None:
        raise _invalid(place, "a time with its offset from UTC")
    return time.astimezone(UTC)


def _read_answer(form: object, where: str) -> MetadataAnswer:
    match form:
        case {"unusable": str(reason), **rest}:
            said = rest.get("kind", "invalid")
            return UnusableMetadata(reason=reason, kind=_read_kind(said, where))
        case _:
            return _read_metadata(form, where)


def _read_kind(said: object, where: str) -> UnusableKind:
    for kind in UNUSABLE_KINDS:
        if said == kind:
            return kind
    raise _invalid(f"{where}.kind", f"one of {', '.join(UNUSABLE_KINDS)}")


def _read_metadata(form: object, where: str) -> FileMetadata:
    if not isinstance(form, dict):
        raise _invalid(where, "an object")
    return FileMetadata(
        requires_dist=_texts(form, "requires_dist", where),
        requires_python=_text(form, "requires_python", where),
        provides_extra=_texts(form, "provides_extra", where),
        unpacked_since=_python(form, where),
    )


def _python(form: Mapping[str, object], where: str) -> str | None:
    text = _text(form, "unpacked_since", where)
    if text is not None and not _is_python(text):
        raise _invalid(f"{where}.unpacked_since", "a Python such as 3.14")
    return text


def _texts(form: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    value = form.get(name, [])
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return tuple(value)
    raise _invalid(f"{where}.{name}", "a list of texts")


def _text(form: Mapping[str, object], name: str, where: str) -> str | None:
    value = form.get(name)
    if value is None or isinstance(value, str):
        return value
    raise _invalid(f"{where}.{name}", "a text")


def _count(
    form: Mapping[str, object], name: str, where: str, wanted: str
) -> int | None:
    match form.get(name):
        case None:
            return None
        # A bool is an int to Python, not to JSON.
        case int() as count if count >= 0 and not isinstance(count, bool):
            return count
        case _:
            raise _invalid(f"{where}.{name}", wanted)


def _invalid(where: str, wanted: str) -> InvalidSnapshotError:
    return InvalidSnapshotError(
        f"{where} is not {wanted}",
        where=where,
        hint="make the snapshot again with axletree snapshot",
    )
