"""The pins of a lock that was written before, by us or another tool."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.markers import Marker
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.model.environment import Environment
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.origins import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPin:
    """One pin of a lock, where it stands."""

    name: NormalizedName
    version: Version
    extras: frozenset[str] = frozenset()
    marker: Marker | None = None
    origin: Origin
    hashes: frozenset[str] = frozenset()
    """`sha256:…`, of all files."""

    @property
    def text(self) -> str:
        """Spell it as a requirement, without hashes."""
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}=={self.version}{marker}"


def pins_in(
    pins: Iterable[WrittenPin], environment: Environment
) -> Mapping[NormalizedName, WrittenPin]:
    """Return the pins that hold in an environment, by project; the first one counts."""
    evaluator = MarkerEvaluator(environment.markers)
    found: dict[NormalizedName, WrittenPin] = {}
    for pin in pins:
        marker = pin.marker
        if marker is None or evaluator.is_true(marker, str(marker), ""):
            found.setdefault(pin.name, pin)
    return found
