"""Files of a wheelhouse, laid out for builds."""

from collections.abc import Callable, Sequence
from pathlib import Path

from axletree.builder.errors import CheckFailedError
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.file_names import SafeName, below
from axletree.wheelhouse.catalog.universe import Stock

Fetch = Callable[[Sequence[DistributionFile]], Sequence[Path]]


def stored_wheels(house: Stock, folder: Path) -> Fetch:
    """Return a function that lays stored files out under their names in `folder`."""

    def fetch(files: Sequence[DistributionFile]) -> Sequence[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        return [_lay_out(house, file.filename, folder) for file in files]

    return fetch


def _lay_out(house: Stock, filename: SafeName, folder: Path) -> Path:
    stored = house.find(filename)
    if stored is None:
        raise CheckFailedError(f"{filename} is not in the wheelhouse", where=filename)
    named = below(folder, filename)
    if not named.is_file() or named.stat().st_size != stored.size_bytes:
        house.lay_out(stored, named)
    return named
