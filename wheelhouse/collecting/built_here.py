"""The wheel of the wheelhouse that was built from an sdist of an answer."""

from packaging.utils import parse_wheel_filename

from axletree.resolver.model.answers import Pin
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.model import BUILT_FROM, StoredFile


def built_here(
    house: Wheelhouse, pin: Pin, environment: Environment
) -> StoredFile | None:
    """Find it; another Python's build of the same sdist may stand there, too."""
    origin = f"{BUILT_FROM}{pin.file.filename}"
    for stored in house.files_of(pin.name):
        if stored.origin == origin and _fits(stored.filename, environment):
            return stored
    return None


def _fits(wheel: str, environment: Environment) -> bool:
    tags = {str(tag) for tag in parse_wheel_filename(wheel)[3]}
    return not tags.isdisjoint(environment.tags)
