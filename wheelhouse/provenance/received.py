"""Attestations that an index gives along with files (PEP 740): kept as they came."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from axletree.wheelhouse.catalog import attestations, history, kept_files, listing
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.kept_files import KeptFile
from axletree.wheelhouse.model import Attestation, Sha256


def lacking(house: Wheelhouse, filenames: frozenset[str]) -> frozenset[str]:
    """Say which of these files are listed now, and without attestations."""
    with house.database.reading() as connection:
        kept = kept_files.find_by_names(connection, sorted(filenames))
    return frozenset(file.stored.filename for file in kept if _lacks(file))


def keep_received(house: Wheelhouse, said: Mapping[str, bytes]) -> int:
    """List files with their attestations, from a new generation on.

    :param said: file name -> what the index gives; what a file has already stays.
    :return: how many files have got theirs.
    """
    with house.publishing(), house.database.writing() as connection:
        kept = kept_files.find_by_names(connection, list(said))
        files = [_with(file, said) for file in kept if _lacks(file)]
        if not files:
            return 0
        at = utc_now()
        generation = history.add_generation(connection, at)
        for is_by_hand in (False, True):
            own = [file for file in files if file.is_by_hand == is_by_hand]
            listing.relist(connection, own, generation, is_by_hand=is_by_hand)
        names = [str(file.stored.filename) for file in files]
        attestations.keep(
            connection,
            {
                name: [Attestation(kind="upstream", content=said[name])]
                for name in names
            },
            generation,
        )
        history.note(
            connection,
            "index",
            names,
            at=at,
            generation=generation,
            detail="with the provenance that the index gives",
        )
    return len(files)


def _lacks(file: KeptFile) -> bool:
    stored = file.stored
    is_there = file.is_listed and stored.withdrawn is None
    return is_there and stored.provenance_sha256 is None


def _with(file: KeptFile, said: Mapping[str, bytes]) -> KeptFile:
    digest = Sha256(hashlib.sha256(said[file.stored.filename]).hexdigest())
    return replace(file, stored=replace(file.stored, provenance_sha256=digest))
