"""Whether a file is what was built here: its bytes, its statement, and who signed it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.json_types import JsonObject
from axletree.wheelhouse.catalog import attestations, kept_files
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.catalog.naming import Subject, found
from axletree.wheelhouse.model import COLLECTED, Attestation, Sha256
from axletree.wheelhouse.provenance.envelope import (
    Envelope,
    EnvelopeError,
    read_envelope,
    read_statement,
    subjects_of,
)
from axletree.wheelhouse.provenance.keys import PublicKey
from axletree.wheelhouse.provenance.signing import known_keys
from axletree.wheelhouse.store.files import digest_of, translate_storage_errors

Outcome: TypeAlias = Literal[
    "signed", "unsigned", "not-built", "withdrawn", "unknown", "false"
]
"""`false`: something is not what it says, or not signed by whom it should be."""


OUR_OWN = "this wheelhouse's"
_is_plain = re.compile(r"[\w.+!-]+", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What can be said of one file."""

    filename: str
    sha256: Sha256
    outcome: Outcome
    text: str
    """One sentence, that begins with the file's name."""
    keyid: str = ""
    """Of the key that has signed."""
    envelope: Envelope | None = None
    statement: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Holds files against what a wheelhouse keeps."""

    house: Wheelhouse
    keys: Sequence[PublicKey]
    """The keys that are believed."""
    whose: str = OUR_OWN
    """Whose they are, for messages."""

    @classmethod
    def of(cls, house: Wheelhouse) -> "Judge":
        """Believe the wheelhouse's own keys."""
        return cls(house=house, keys=[each.public for each in known_keys(house)])

    def of_file(self, path: Path) -> Verdict:
        """Judge a file of the disk.

        :raises StorageError: it cannot be read.
        """
        with translate_storage_errors(path):
            sha256 = digest_of(path)
        with self.house.database.reading() as connection:
            same = kept_files.find_by_bytes(connection, [sha256])
            named = kept_files.find_by_names(connection, [path.name])
        if same:
            own = [file for file in same if file.stored.filename == path.name]
            return self._of_kept([*own, *same][0], path.name)
        if named:
            text = (
                f"{path.name} is not the file that the wheelhouse has under this name: "
                f"its SHA-256 is {sha256}, and that one's {named[0].stored.sha256}"
            )
            return Verdict(
                filename=path.name, sha256=sha256, outcome="false", text=text
            )
        text = (
            f"{path.name} was never in this wheelhouse, which therefore cannot say how "
            f"it was built (SHA-256 {sha256})"
        )
        return Verdict(filename=path.name, sha256=sha256, outcome="unknown", text=text)

    def of_kept(self, subject: Subject) -> Sequence[Verdict]:
        """Judge files of the wheelhouse, each by its bytes.

        :raises NotKeptError: nothing has that name.
        :raises CorruptStoredFileError: the bytes of one are gone or changed.
        """
        with self.house.database.reading() as connection:
            files = found(connection, [subject])
        for file in files:
            self.house.check(file.stored)
        return [self._of_kept(file, file.stored.filename) for file in files]

    def _of_kept(self, file: KeptFile, called: str) -> Verdict:
        stored = file.stored
        if stored.withdrawn is not None:
            text = f"{called} was withdrawn here: {stored.withdrawn}"
            return Verdict(
                filename=called, sha256=stored.sha256, outcome="withdrawn", text=text
            )
        with self.house.database.reading() as connection:
            said = attestations.read_of(connection, [file.number]).get(file.number, ())
        ours = next((each for each in said if each.kind == "built"), None)
        if ours is None:
            text = f"{called} was not built here: {_origin(stored.origin, said)}"
            return Verdict(
                filename=called, sha256=stored.sha256, outcome="not-built", text=text
            )
        if is_renamed(called, stored.filename):
            text = f"{called} is {stored.filename} under another name"
            return Verdict(
                filename=called, sha256=stored.sha256, outcome="false", text=text
            )
        return verdict_on(called, stored.sha256, ours, self.keys, self.whose)


def verdict_on(
    called: str,
    sha256: Sha256,
    said: Attestation,
    keys: Sequence[PublicKey],
    whose: str = OUR_OWN,
) -> Verdict:
    """Judge what is said of how a file was built.

    :param keys: those that are believed.
    :param whose: whose they are, for messages.
    """

    def verdict(outcome: Outcome, clause: str, keyid: str = "") -> Verdict:
        return Verdict(
            filename=called,
            sha256=sha256,
            outcome=outcome,
            text=f"{called} {clause}",
            keyid=keyid,
            envelope=envelope,
            statement=statement,
        )

    envelope, statement = None, None
    try:
        envelope = read_envelope(said.content)
        statement = read_statement(envelope)
    except EnvelopeError as error:
        return verdict("false", f"has a damaged statement: {error}")
    if sha256 not in {digest for _, digest in subjects_of(statement)}:
        return verdict("false", "has a statement about another file")
    if not envelope.signatures:
        why = said.unsigned or "the signature is gone"
        return verdict("unsigned", f"was built here, but nobody has signed that: {why}")
    for signature in envelope.signatures:
        for key in keys:
            if key.has_signed(envelope.signed_bytes, signature.sig):
                by = f"was built here, as key {key.keyid} has signed"
                return verdict("signed", by, key.keyid)
    keyid = envelope.signatures[0].keyid
    if any(key.keyid == keyid for key in keys):
        return verdict(
            "false",
            f"has a statement that was changed after key {keyid} had signed it",
        )
    return verdict(
        "false", f"has a statement signed by key {keyid}, which is not {whose}"
    )


def is_renamed(called: str, name: str) -> bool:
    """Tell whether a wheel calls itself another release, or for another platform.

    What is no wheel's name, such as that of a download that was numbered, says nothing.
    """
    if not _is_plain(called):
        return False
    try:
        return parse_wheel_filename(called) != parse_wheel_filename(name)
    except InvalidWheelFilename:
        return False


def _origin(origin: str, said: Sequence[Attestation]) -> str:
    if any(each.kind == "upstream" for each in said):
        return "it was collected, with the provenance that its index gives (PEP 740)"
    if origin == COLLECTED:
        return "it was collected from an index"
    return f"it came in by {origin}"
