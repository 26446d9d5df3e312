"""`axletree verify-provenance`: whether a file is what was built here, and signed."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click
import orjson

from axletree.commands.keeping.project_status import open_to_look
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console, UsageError
from axletree.reading import read_bytes
from axletree.resolver.model.json_types import Json, JsonObject, is_too_deep
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.errors import InvalidKeyError, UnsafeKeyError
from axletree.wheelhouse.model import Attestation
from axletree.wheelhouse.provenance.envelope import (
    EnvelopeError,
    read_envelope,
    read_statement,
)
from axletree.wheelhouse.provenance.keys import PublicKey
from axletree.wheelhouse.provenance.told import told
from axletree.wheelhouse.provenance.verdicts import Judge, Verdict

_INTEGRITY = 4
_MOST_KEY_BYTES = 16 << 10


@click.command(cls=VerbCommand)
@options_of("verify-provenance")
def verify_provenance(
    name: str,
    *,
    key: Path | None,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Check that a wheel is what was built here, and that this was signed.

    FILE is a file on the disk, held against what the wheelhouse has, or a file or
    release of the wheelhouse. 0: it is, and is signed; 1: it is not from here, or not
    signed; 4: it, its statement or the signature is not what it should be.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    path = Path(name)
    if "/" in name:
        _refuse_absent(path)
    public = None if key is None else _public_key(key)
    with reading(settings_for()), open_to_look() as house:
        judge = _judge(house, public, str(key))
        if path.is_file():
            verdicts: Sequence[Verdict] = [judge.of_file(path)]
        else:
            verdicts = judge.of_kept(parse_subject(name))
    if console.is_json:
        console.document(
            {
                "format": "axletree.provenance/1",
                "files": [_to_json(verdict) for verdict in verdicts],
            }
        )
    else:
        console.result("".join(map(_lines, verdicts)))
    outcomes = {verdict.outcome for verdict in verdicts}
    if "false" in outcomes:
        return _INTEGRITY
    return 0 if outcomes == {"signed"} else 1


def _refuse_absent(path: Path) -> None:
    """Refuse what is a path, and not there: no name in the wheelhouse has a slash.

    :raises UsageError: it is no file.
    """
    refuse_missing([str(path)])
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise UsageError(
            f"{path} {what}",
            where="command line",
            hint="name a wheel's file, or a file or release of the wheelhouse",
        )


def _judge(house: Wheelhouse, public: PublicKey | None, whose: str) -> Judge:
    if public is None:
        return Judge.of(house)
    return Judge(house=house, keys=[public], whose=f"that of {whose}")


def _public_key(path: Path) -> PublicKey:
    refuse_missing([str(path)])
    try:
        pem = read_bytes(path, _MOST_KEY_BYTES).decode("ascii")
        return PublicKey.read(pem, str(path))
    except (OSError, ValueError, UnsafeKeyError) as error:
        raise InvalidKeyError(
            "it is no public key of Ed25519", where=str(path)
        ) from error


def _lines(verdict: Verdict) -> str:
    rows = told(verdict.statement) if verdict.statement is not None else []
    if verdict.outcome in {"false", "withdrawn"}:
        rows = []
    details = "".join(f"  {name:<10} {text}\n" for name, text in rows)
    return f"{verdict.text}\n{details}"


def _to_json(verdict: Verdict) -> JsonObject:
    envelope = verdict.envelope
    return {
        "filename": verdict.filename,
        "sha256": verdict.sha256,
        "outcome": verdict.outcome,
        "text": verdict.text,
        "keyid": verdict.keyid or None,
        "envelope": None if envelope is None else envelope.as_json(),
        "statement": verdict.statement,
    }


def attestation_rows(said: Attestation) -> Sequence[tuple[str, str]]:
    """Tell of what is kept with a file, without checking it."""
    if said.kind == "upstream":
        return [("provenance", "as its index gives it (PEP 740)")]
    try:
        envelope = read_envelope(said.content)
        statement = read_statement(envelope)
    except EnvelopeError as error:
        return [("provenance", f"damaged: {error}")]
    signed = ", ".join(f"signed by key {each.keyid}" for each in envelope.signatures)
    how = signed or f"not signed: {said.unsigned}"
    return [("provenance", f"built here, {how}"), *told(statement)]


def attestation_to_json(said: Attestation) -> JsonObject:
    """Give what is kept with a file as JSON, as it was said."""
    document: Json = None
    with suppress(orjson.JSONDecodeError):
        document = orjson.loads(said.content)
    if is_too_deep(document):
        document = None
    return {
        "kind": said.kind,
        "unsigned": said.unsigned or None,
        "document": document,
    }
