"""Whether a file may enter: what it is, and what is kept under its name already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection

from axletree.resolver.model.file_names import (
    SafeName,
    UnsafeNameError,
    safe_name,
    shown_name,
)
from axletree.wheelhouse.catalog import kept_files, records
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.entry.sdist import inspect_sdist
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.errors import (
    FilenameTakenError,
    InvalidDistributionError,
    WheelhouseError,
    WithdrawnFileError,
    WrongHashError,
)
from axletree.wheelhouse.findings import Inspected
from axletree.wheelhouse.gate import Finding, Kind
from axletree.wheelhouse.model import IncomingFile, Sha256, StoredFile
from axletree.wheelhouse.sql.stored_rows import is_sound_metadata
from axletree.wheelhouse.store.files import digest_of, translate_storage_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An incoming file that may enter."""

    incoming: IncomingFile
    filename: SafeName
    inspected: Inspected
    sha256: Sha256
    size_bytes: int


@dataclass(slots=True, kw_only=True)
class Plan:
    """What is to become of files that may enter, each by itself."""

    new: dict[str, Checked] = field(default_factory=dict)
    """By identity."""
    names: dict[str, Checked] = field(default_factory=dict)
    """The same, by file name."""
    returning: dict[int, tuple[Checked, KeptFile]] = field(default_factory=dict)
    """By its number: what was removed, with the same bytes again."""
    already_there: list[tuple[Checked, StoredFile]] = field(default_factory=list)
    metadata: Mapping[Sha256, bytes] = field(default_factory=dict)
    """Of those that are already there: what the database has lost of it."""
    refused: dict[str, WheelhouseError] = field(default_factory=dict)
    """By file name."""


class Gate(Protocol):
    """Says no to what would break something that works now."""

    def judge(
        self,
        entering: Sequence[StoredFile],
        content: Mapping[Sha256, bytes],
        generation: int,
    ) -> None:
        """Judge what would be if these files came in after a generation.

        :param content: their METADATA.
        :raises WheelhouseError: they may not.
        """
        ...


def check(incoming: IncomingFile) -> Checked:
    """Check one file, the promised hash first: a damaged download is just that.

    :raises WrongHashError: it is not what was promised.
    :raises InvalidDistributionError: it is no valid distribution.
    """
    try:
        filename = safe_name(incoming.filename)
    except UnsafeNameError as error:
        text = (
            f"{shown_name(incoming.filename)} is not a file name of a wheel or sdist: "
            f"{error}"
        )
        refusal = InvalidDistributionError(text, where=str(incoming.path))
        refusal.findings = (Finding(kind=Kind.FILE_NAME, text=text),)
        raise refusal from error
    with translate_storage_errors(incoming.path):
        sha256 = digest_of(incoming.path)
        size_bytes = incoming.path.stat().st_size
        if incoming.expected_sha256 not in {None, sha256}:
            raise WrongHashError(
                f"{incoming.filename} has the SHA-256 {sha256}, "
                f"not {incoming.expected_sha256} as promised",
                where=incoming.origin,
                hint="get the file again; if that does not help, ask who serves it",
            )
        inspected = _inspect(incoming)
    return Checked(
        incoming=incoming,
        filename=filename,
        inspected=inspected,
        sha256=sha256,
        size_bytes=size_bytes,
    )


def _inspect(incoming: IncomingFile) -> Inspected:
    path, filename = incoming.path, incoming.filename
    if filename.endswith(".whl"):
        return inspect_wheel(path, filename, incoming.strictness)
    return inspect_sdist(path, filename, incoming.strictness, incoming.project)


def plan_for(connection: Connection, checked: Sequence[Checked]) -> Plan:
    """Place files beside what is kept: new, there already, or refused."""
    plan = Plan()
    known = kept_files.find_same(connection, [_name_and_identity(f) for f in checked])
    withdrawn = {
        kept.stored.sha256: kept.stored
        for kept in kept_files.find_by_bytes(
            connection, [file.sha256 for file in checked]
        )
        if kept.stored.withdrawn is not None
    }
    for file in checked:
        try:
            kept = known.get(_name_and_identity(file))
            _refuse_withdrawn(file, kept, withdrawn.get(file.sha256))
            _place(file, kept, plan)
        except (FilenameTakenError, WithdrawnFileError) as error:
            plan.refused[file.incoming.filename] = error
    plan.metadata = _lost_metadata(connection, plan.already_there)
    return plan


def _name_and_identity(file: Checked) -> tuple[str, str]:
    return file.incoming.filename, file.inspected.identity


def _place(file: Checked, kept: KeptFile | None, plan: Plan) -> None:
    filename, identity = _name_and_identity(file)
    twin = plan.new.get(identity) or plan.names.get(filename)
    if twin is not None:
        _refuse_other_bytes(file, twin.incoming.filename, twin.sha256)
        return
    if kept is None:
        plan.new[identity] = plan.names[filename] = file
        return
    _refuse_other_bytes(file, kept.stored.filename, kept.stored.sha256)
    if kept.is_listed:
        plan.already_there.append((file, kept.stored))
    else:
        plan.returning.setdefault(kept.number, (file, kept))


def _refuse_withdrawn(
    file: Checked, kept: KeptFile | None, same_bytes: StoredFile | None
) -> None:
    stored = same_bytes
    if kept is not None and kept.stored.withdrawn is not None:
        stored = kept.stored
    if stored is None:
        return
    own = file.incoming.filename
    has = "" if stored.filename == own else f"{own} is {stored.filename}, which "
    raise WithdrawnFileError(
        f"{has or f'{own} '}was withdrawn here: {stored.withdrawn}",
        where=f"generation {stored.withdrawn_since}",
    )


def _lost_metadata(
    connection: Connection, already_there: Sequence[tuple[Checked, StoredFile]]
) -> Mapping[Sha256, bytes]:
    """Gather the METADATA that the database should have and has not, or otherwise."""
    wanted = {
        stored.metadata_sha256: file.inspected.metadata
        for file, stored in already_there
        if stored.metadata_sha256 is not None and file.inspected.metadata is not None
    }
    kept = records.read_metadata(connection, list(wanted))
    return {
        sha256: content
        for sha256, content in wanted.items()
        if is_sound_metadata(sha256, content) and kept.get(sha256) != content
    }


def _refuse_other_bytes(file: Checked, published: str, sha256: Sha256) -> None:
    if file.sha256 != sha256:
        raise FilenameTakenError(
            f"{published} is published with other content: SHA-256 {sha256}, "
            f"and this one has {file.sha256}",
            where=file.incoming.filename,
            hint="a published file never changes: give the new one a new version, "
            "such as 1.0+axle.2",
        )
