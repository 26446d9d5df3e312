"""What is printed of a collect: its files, and what became of its builds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from axletree.commands.builds.collected import CollectedBuilds
from axletree.console import Console
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.resolver.model.spelling import counted
from axletree.sizes import size_words
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.collecting.collect import Collected
from axletree.wheelhouse.model import Collection

if TYPE_CHECKING:
    from axletree.builder.running.doing import Ended


@contextmanager
def table_of(console: Console, builds: CollectedBuilds) -> Iterator[None]:
    """Print what came of builds, where there were several, however it ends."""
    try:
        yield
    finally:
        if len(builds.ended) > 1 and not console.is_json:
            from axletree.commands.results.built import show_all  # noqa: PLC0415  late

            show_all(console, builds.ended)


def show_collected(
    console: Console,
    house: Wheelhouse,
    collected: Collected,
    sources: Sequence[str] = (),
    ended: "Sequence[Ended]" = (),
) -> None:
    """Print what is in the wheelhouse now, and what of it is new.

    :param sources: that were asked.
    :param ended: what came of builds, for JSON.
    """
    collection = collected.collection
    size = sum(_size(house, name) for name in collection.filenames)
    if console.is_json:
        jobs = _rows(ended)
        said = _to_json(collected, size)
        console.document({**said, "jobs": jobs, "sources": list(sources)})
        return
    console.notes(collected.answer_notes)
    for note in collected.notes:
        console.detail(f"note: {note}")
    count = len(collection.filenames)
    done = {"new": collected.new, "repaired": collected.repaired}
    counts = [f"{len(files)} {how}" for how, files in done.items() if files]
    what = f"{', '.join(counts)} of" if counts else "nothing to do: all"
    built = f", {len(collected.built)} built from sdists" if collected.built else ""
    are = "is" if count == 1 else "are"
    console.result(
        f"{what} {counted(count, 'file')} ({size_words(size)}) {are} in the wheelhouse{built}; "
        f"{counted(len(collection.pins), 'project')}, generation {house.generation()}\n"
    )


def _rows(ended: "Sequence[Ended]") -> Json:
    if not ended:
        return []
    from axletree.commands.results.built import row_json  # noqa: PLC0415  late

    return [row_json(each) for each in ended]


def _size(house: Wheelhouse, filename: str) -> int:
    stored = house.find(filename)
    return stored.size_bytes if stored is not None else 0


def _to_json(collected: Collected, size: int) -> JsonObject:
    collection: Collection = collected.collection
    return {
        "format": "axletree.collection/1",
        "environment": collection.environment,
        "pins": dict(collection.pins),
        "files": list(collection.filenames),
        "size": size,
        "new": [file.filename for file in collected.new],
        "repaired": [file.filename for file in collected.repaired],
        "built": list(collected.built),
        "notes": [*collected.answer_notes, *collected.notes],
    }
