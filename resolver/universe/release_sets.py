"""Specifiers as bit sets over the releases of one project.

Bit `i` of a mask stands for release `i`, newest first, so that "which releases are
left" is one `&` and "the newest that is left" is the lowest bit.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from axletree.resolver.model.foreign_text import parse_version

_FEW = 10_000
"""Bits up to which going bit by bit is as fast; beyond, that is quadratic."""


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of the set bits, lowest first."""
    if mask.bit_length() > _FEW:
        digits = bin(mask)[:1:-1]
        place = digits.find("1")
        while place >= 0:
            yield place
            place = digits.find("1", place + 1)
        return
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(positions: Iterable[int]) -> int:
    """Set the bits at all positions, in time linear in their number and the highest."""
    listed = list(positions)
    if len(listed) < _FEW:
        mask = 0
        for position in listed:
            mask |= 1 << position
        return mask
    raw = bytearray(max(listed) // 8 + 1)
    for position in listed:
        raw[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(raw, "little")


def lowest(mask: int) -> int:
    """Return the position of the lowest set bit; the mask must not be 0."""
    return (mask & -mask).bit_length() - 1


def names_prerelease(specifiers: SpecifierSet) -> bool:
    """Tell whether a pre-release is named as a pin or lower bound.

    An upper bound such as `<2.dev0` is no opt-in (RESOLVING.md 1).
    """
    return any(map(_opts_in, specifiers))


def _opts_in(specifier: Specifier) -> bool:
    if specifier.operator not in {"==", "===", "~=", ">=", ">"}:
        return False
    version = parse_version(specifier.version.removesuffix(".*"))
    return version is not None and version.is_prerelease


class SpecifierMasks:
    """Bit sets of specifiers over one list of releases; each computed once."""

    def __init__(self, versions: Sequence[Version], spellings: Sequence[str]) -> None:
        """Take the releases in the order of their bits."""
        self._versions = versions
        self._spellings = spellings
        self.all = (1 << len(versions)) - 1
        self._ascending = sorted(range(len(versions)), key=versions.__getitem__)
        self._known: dict[str, int] = {"": self.all}
        self._public: dict[Version, int] = {}
        for position, version in enumerate(versions):
            public = version.__replace__(local=None) if version.local else version
            self._public[public] = self._public.get(public, 0) | 1 << position

    def of(self, specifiers: SpecifierSet) -> int:
        """Return the releases that all specifiers admit, pre-releases included."""
        key = str(specifiers)
        mask = self._known.get(key)
        if mask is None:
            mask = self.all
            for specifier in specifiers:
                mask &= self._of_one(specifier)
            self._known[key] = mask
        return mask

    def exact(self, specifiers: SpecifierSet) -> int:
        """Return the releases that a `==` or `===` pin among the specifiers names.

        Such a pin admits a yanked release (PEP 592).
        """
        pins = 0
        for specifier in specifiers:
            is_pin = specifier.operator in {"==", "==="}
            if is_pin and not specifier.version.endswith(".*"):
                pins |= self._of_one(specifier)
        return pins

    def _of_one(self, specifier: Specifier) -> int:
        key = str(specifier)
        mask = self._known.get(key)
        if mask is None:
            mask = self._known[key] = self._compute(specifier)
        return mask

    def _compute(self, specifier: Specifier) -> int:
        operator, bound = specifier.operator, specifier.version
        if operator == "===":
            return self._spelled(bound)
        if operator in {"==", "!="} and not bound.endswith(".*"):
            mask = self._pinned(Version(bound))
            return mask if operator == "==" else self.all & ~mask
        if operator in {">=", ">", "<=", "<"}:
            return self._ordered(specifier)
        return self._collect(
            position
            for position, version in enumerate(self._versions)
            if specifier.contains(version, prereleases=True)
        )

    def _spelled(self, text: str) -> int:
        return self._collect(
            position
            for position, spelling in enumerate(self._spellings)
            if spelling.lower() == text.lower()
        )

    def _pinned(self, version: Version) -> int:
        if version.local is None:
            return self._public.get(version, 0)
        return self._collect(
            position
            for position, other in enumerate(self._versions)
            if other == version
        )

    def _ordered(self, specifier: Specifier) -> int:
        # An ordered comparison is monotone over the versions, so where it
        # changes is found by bisection.
        is_lower_bound = specifier.operator in {">=", ">"}

        def beyond(position: int) -> bool:
            version = self._versions[position]
            return specifier.contains(version, prereleases=True) is is_lower_bound

        border = bisect_left(self._ascending, True, key=beyond)  # noqa: FBT003  the value sought
        chosen = (
            self._ascending[border:] if is_lower_bound else self._ascending[:border]
        )
        return self._collect(chosen)

    @staticmethod
    def _collect(positions: Iterator[int] | Sequence[int]) -> int:
        return mask_of(positions)
