"""Many blobs written at once, and none that is there as it was."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.store.blobs import FileStore, is_intact
from axletree.wheelhouse.store.threads import open_pool


def write_damaged(
    store: FileStore, entering: Mapping[Sha256, Path], there: Mapping[Sha256, Path]
) -> frozenset[Sha256]:
    """Write what is not there, or not as it was; return what was written.

    :param entering: nothing else names it, so that it is settled also where it is there.
    :param there: what is named already.
    :raises StorageError: no space left, or reading or writing failed.
    """
    source_of = {**entering, **there}
    # A blob that is there belongs to a killed publish, or to a file of the same
    # content; writing over an intact one could lose it in a crash.
    with open_pool() as pool:
        are_intact = list(pool.map(partial(is_intact, store), source_of))
    written = [
        sha256
        for sha256, is_sound in zip(source_of, are_intact, strict=True)
        if not is_sound
    ]
    store.put_all({sha256: source_of[sha256] for sha256 in written})
    store.settle(tuple(dict.fromkeys((*written, *entering))))
    return frozenset(written)


def write_missing(store: FileStore, entering: Mapping[Sha256, Path]) -> None:
    """Write again what was taken away since: a gc, or another who failed.

    :raises StorageError: no space left, or reading or writing failed.
    """
    with open_pool() as pool:
        sizes = list(pool.map(store.size, entering))
    missing = [
        sha256
        for sha256, size in zip(entering, sizes, strict=True)
        if size != entering[sha256].stat().st_size
    ]
    store.put_all({sha256: entering[sha256] for sha256 in missing})
    if missing:
        store.settle(tuple(missing))
