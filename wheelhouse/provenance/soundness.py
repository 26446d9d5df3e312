"""Whether what is kept of how files came about is still what it was."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from axletree.errors import AxletreeError
from axletree.wheelhouse.model import Attestation, Sha256
from axletree.wheelhouse.provenance.keys import PublicKey
from axletree.wheelhouse.provenance.signing import read_keys
from axletree.wheelhouse.provenance.verdicts import verdict_on
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.sql.stored_rows import as_text, is_sound_metadata


def provenance_damages(connection: Connection) -> Iterator[str]:
    """Say of which files it is not."""
    try:
        keys = [each.public for each in read_keys(connection)]
    except AxletreeError:
        yield "the public keys cannot be read"
        return
    yield from _of_built(connection, keys)
    yield from _of_received(connection)


def _of_built(connection: Connection, keys: list[PublicKey]) -> Iterator[str]:
    said, files = tables.attestations.c, tables.files.c
    query = (
        select(files.filename, files.sha256, said.content, said.unsigned)
        .join_from(tables.attestations, tables.files)
        .where(said.kind == "built")
    )
    for filename, sha256, content, unsigned in connection.execute(query):
        try:
            kept = Attestation(
                kind="built", content=bytes(content), unsigned=as_text(unsigned)
            )
        except TypeError:
            yield f"{filename} has a damaged statement"
            continue
        verdict = verdict_on(as_text(filename), Sha256(sha256), kept, keys)
        if verdict.outcome == "false" or (
            verdict.outcome == "unsigned" and not kept.unsigned
        ):
            yield verdict.text


def _of_received(connection: Connection) -> Iterator[str]:
    said, files = tables.attestations, tables.files
    listed = tables.listings.c
    query = (
        select(files.c.filename, listed.provenance_sha256, said.c.content)
        .join_from(tables.listings, files)
        .outerjoin(said, (said.c.file_id == files.c.id) & (said.c.kind == "upstream"))
        .where(listed.provenance_sha256.is_not(None), listed.until.is_(None))
    )
    for filename, sha256, content in connection.execute(query):
        if not is_sound_metadata(Sha256(str(sha256)), content):
            yield f"the provenance that came with a file is not what it was: {filename}"
