"""Specifiers that no version can meet, whatever there is: `>2,<1`.

Only what is certain is said: a specifier of which this cannot tell counts as one that
some version meets. Source: PEP 440, "Version specifiers".
"""

from collections.abc import Iterator

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.foreign_text import parse_version


@dataclass(frozen=True, slots=True)
class _Bound:
    version: Version
    is_strict: bool


def is_empty(specifier: SpecifierSet) -> bool:
    """Tell whether no version at all meets a specifier."""
    if len(specifier) < 2:
        return False
    parts = list(specifier)
    if any(part.operator == "===" for part in parts):
        # It compares spellings, which need not be those of versions.
        return False
    pins = [part for part in parts if _is_pin(part)]
    if pins:
        named = {Version(part.version) for part in pins}
        return not any(specifier.contains(v, prereleases=True) for v in named)
    lower = [bound for part in parts for bound in _lower(part)]
    upper = [bound for part in parts for bound in _upper(part)]
    if not lower or not upper:
        return False
    least = max(lower, key=lambda bound: (bound.version, bound.is_strict))
    most = min(upper, key=lambda bound: (bound.version, not bound.is_strict))
    if least.version == most.version:
        return least.is_strict or most.is_strict
    return least.version > most.version


def _is_pin(part: Specifier) -> bool:
    return part.operator == "==" and not part.version.endswith(".*")


def _lower(part: Specifier) -> Iterator[_Bound]:
    version = parse_version(part.version.removesuffix(".*"))
    if version is None:
        return
    if part.operator in {">=", ">", "~="}:
        yield _Bound(version, part.operator == ">")
    elif part.operator == "==":
        yield _Bound(_first_of(version.epoch, version.release), is_strict=False)


def _upper(part: Specifier) -> Iterator[_Bound]:
    version = parse_version(part.version.removesuffix(".*"))
    if version is None:
        return
    if part.operator in {"<=", "<"}:
        yield _Bound(version, part.operator == "<")
        return
    release = version.release[:-1] if part.operator == "~=" else version.release
    if part.operator in {"==", "~="}:
        behind = (*release[:-1], release[-1] + 1)
        yield _Bound(_first_of(version.epoch, behind), is_strict=True)


def _first_of(epoch: int, release: tuple[int, ...]) -> Version:
    """Return the lowest version that begins with a release: `1.dev0` of `1.*`."""
    return Version(f"{epoch}!{'.'.join(map(str, release))}.dev0")
