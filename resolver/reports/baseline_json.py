"""Conflicts that are known (`axletree.baseline/1`): a check fails on others only.

A file is named from the root of the repository, and a conflict by its fingerprint: all
else in the document is for people, and for whoever reviews its changes.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.errors import InvalidBaselineError
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.queries.check import Cell, Failure, cause

FORMAT = "axletree.baseline/1"
_FIELDS = ("fingerprint", "file", "part", "environment", "cause")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Known:
    """One conflict of one cell."""

    file: str
    part: str = ""
    """Which of its sets, as of a cell."""
    environment: str
    fingerprint: str
    cause: str = field(compare=False)
    """As it was when it was written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Cells beside a baseline."""

    path: str
    """Of the baseline, as the user named it."""
    cells: tuple[Cell, ...]
    """With what is known of each."""
    gone: tuple[Known, ...]
    """Of the baseline, and no conflict any more."""
    kept: tuple[Known, ...]
    """Of the baseline, and nothing is known against them: not checked, or not to the
    end."""


def read_baseline(text: str, path: str) -> tuple[Known, ...]:
    """Read a baseline.

    :raises InvalidBaselineError: it is none.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _invalid(f"it is no JSON: {error}", path) from error
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise _invalid(f'its format is not "{FORMAT}"', path)
    listed = document.get("conflicts")
    if not isinstance(listed, list):
        raise _invalid("its conflicts are no list", path)
    return tuple(_known(each, path) for each in listed)


def _known(each: object, path: str) -> Known:
    told = each if isinstance(each, Mapping) else {}
    texts = (told.get(name) for name in _FIELDS)
    fingerprint, file, part, environment, said = (
        text if isinstance(text, str) else "" for text in texts
    )
    if not (fingerprint and file and environment):
        raise _invalid("one of its conflicts has no fingerprint, or no file", path)
    return Known(
        file=file,
        part=part,
        environment=environment,
        fingerprint=fingerprint,
        cause=said,
    )


def _invalid(reason: str, path: str) -> InvalidBaselineError:
    return InvalidBaselineError(f"the baseline cannot be read: {reason}", where=path)


def compare(
    cells: Sequence[Cell],
    baseline: Sequence[Known],
    path: str,
    is_there: Callable[[str], bool],
) -> Compared:
    """Tell the conflicts of cells that are known, and the known ones that are gone.

    :param is_there: tells whether the repository still has a file.
    """
    fingerprints = frozenset(known.fingerprint for known in baseline)
    found = {cell.fingerprint(core) for cell in cells for core in cell.cores}
    settled = {(cell.place, cell.target) for cell in cells if _is_settled(cell)}
    unsettled = {(cell.place, cell.target) for cell in cells if not _is_settled(cell)}
    # A file whose sets are all known no longer has those that are missing among them.
    read = {(cell.path or cell.file, cell.target) for cell in cells}
    read -= {
        (cell.path or cell.file, cell.target)
        for cell in cells
        if isinstance(cell.answer, Failure)
    }
    gone: list[Known] = []
    kept: list[Known] = []
    for known in sorted(set(baseline)):
        place = (f"{known.file}{known.part}", known.environment)
        if known.fingerprint in found:
            continue
        is_left_out = (known.file, known.environment) in read and place not in unsettled
        is_gone = is_left_out or place in settled - unsettled
        is_gone = is_gone or not is_there(known.file)
        (gone if is_gone else kept).append(known)
    return Compared(
        path=path,
        cells=tuple(replace(cell, known=fingerprints) for cell in cells),
        gone=tuple(gone),
        kept=tuple(kept),
    )


def _is_settled(cell: Cell) -> bool:
    """Tell whether all conflicts of a cell are known to be found."""
    match cell.answer:
        case Resolution():
            return True
        case Conflict(complete=complete):
            return complete
        case Failure():
            return False


def conflicts_of(cells: Iterable[Cell]) -> frozenset[Known]:
    """Give all conflicts of cells, as a baseline has them."""
    return frozenset(
        Known(
            file=cell.path or cell.file,
            part=cell.part,
            environment=cell.target,
            fingerprint=cell.fingerprint(core),
            cause=cause(core),
        )
        for cell in cells
        for core in cell.cores
    )


def write_baseline(known: Iterable[Known]) -> str:
    """Write conflicts down, each once, in an order that hangs on nothing else."""
    listed = [_to_json(each) for each in sorted(set(known))]
    # In ASCII: the name of a file need be no text.
    return json.dumps({"format": FORMAT, "conflicts": listed}, indent=2) + "\n"


def compared_to_json(compared: Compared) -> JsonObject:
    """Tell what a baseline has to do with the cells, and what of it is gone."""
    return {
        "file": compared.path,
        "known": sum(cell.outcome == "known" for cell in compared.cells),
        "gone": [_to_json(each) for each in compared.gone],
    }


def _to_json(known: Known) -> JsonObject:
    form = {name: getattr(known, name) for name in _FIELDS}
    return {name: text for name, text in form.items() if text or name != "part"}
