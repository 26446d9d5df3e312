"""Listings of variants that an index has for what a collect brings, as they are now.

Without them the files come, too: what cannot be had, or is no listing, is noted.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.inputs.variants_names import read_variants_name
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import ListedVariants, Page
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.variants_changes import IncomingVariants, enter
from axletree.wheelhouse.entry.variants import variants_fault
from axletree.wheelhouse.model import COLLECTED


class VariantsReader(Protocol):
    """Where listings are read from."""

    def variants(
        self, listed: Sequence[ListedVariants]
    ) -> Mapping[ListedVariants, bytes | str]:
        """Read listings as they are now; of others, say why not."""
        ...


def keep_variants(
    house: Wheelhouse,
    resolution: Resolution,
    pages: Sequence[Page],
    reader: VariantsReader,
) -> Iterator[str]:
    """Keep what the index lists beside the files of a resolution; yield notes."""
    wanted = [each for each in _of_pins(resolution, pages) if not _is_here(house, each)]
    if not wanted:
        return
    incoming = []
    for listed, answer in reader.variants(wanted).items():
        why_not = answer if isinstance(answer, str) else variants_fault(answer)
        if why_not or isinstance(answer, str):
            yield _not_kept(listed.filename, why_not)
            continue
        came = IncomingVariants(
            name=read_variants_name(listed.filename),
            content=answer,
            origin=COLLECTED,
            upload_time=listed.upload_time,
        )
        if listed.sha256 in {None, came.sha256}:
            incoming.append(came)
        else:
            why_not = f"it has the SHA-256 {came.sha256}, not {listed.sha256}"
            yield _not_kept(listed.filename, why_not)
    entered = enter(house, incoming)
    for name in entered.own:
        yield f"{name}: what was added by hand stays; the index has another one"
    for name, error in entered.refused:
        yield _not_kept(name, error.what)


def _not_kept(filename: str, why: str) -> str:
    return f"{filename}: this listing of variants is not kept: {why}"


def _of_pins(resolution: Resolution, pages: Sequence[Page]) -> Iterator[ListedVariants]:
    """Give those of the releases that were resolved."""
    versions: dict[NormalizedName, set[Version]] = {}
    for pin in resolution.pins:
        if pin.file.address is None:
            versions.setdefault(pin.name, set()).add(pin.version)
    for page in pages:
        of_page = versions.get(page.project, set())
        yield from (v for v in page.variants if Version(v.version) in of_page)


def _is_here(house: Wheelhouse, listed: ListedVariants) -> bool:
    """Tell whether what the page promises is what is listed here."""
    if listed.sha256 is None:
        return False
    ours = house.variants.of(listed.project)
    return any((v.filename, v.sha256) == (listed.filename, listed.sha256) for v in ours)
