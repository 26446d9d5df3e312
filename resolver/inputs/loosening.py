"""Other specifiers for a line that has to give way: what can be kept of the old."""

from collections.abc import Container, Iterator

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from axletree.resolver.model.foreign_text import parse_version


def loosened(old: SpecifierSet, chosen: Version) -> str:
    """Loosen a specifier to one side, so that it admits a version that works.

    What still holds of the other side stays, but for a pin, of which one side is left.
    """
    pins = list(_bounds(old, {"==", "==="}))
    lower = [str(s) for s in old if s.operator in {">=", ">"}]
    lower += [f">={bound}" for bound in _bounds(old, {"~="})]
    upper = [str(s) for s in old if s.operator in {"<=", "<"}]
    from_, up_to = f">={chosen.public}", f"<={chosen.public}"
    sides = (
        lower + [f">={pin}" for pin in pins],
        upper + [f"<={pin}" for pin in pins],
    )
    for side, other in zip(sides, (up_to, from_), strict=True):
        kept = ",".join(dict.fromkeys(side or [other]))
        if SpecifierSet(kept).contains(chosen, prereleases=True):
            bounds = dict.fromkeys((kept,) if side is sides[0] else (from_, kept))
            return ",".join(bounds)
    return f"=={chosen}"


def goes_back(old: SpecifierSet, chosen: Version) -> bool:
    """Tell whether a version is older than all that a specifier admits.

    Who caps a requirement has mostly not tried what came later; who asks for a version
    or newer needs something of it.
    """
    lowest = _bounds(old, {">=", "~=", "==", "==="})
    return any(chosen < Version(bound) for bound in lowest) or any(
        chosen <= Version(bound) for bound in _bounds(old, {">"})
    )


def _bounds(old: SpecifierSet, operators: Container[str]) -> Iterator[str]:
    """Yield the versions that a specifier names; `===` may name what is none.

    No bound may name a local version (PEP 440), nor a prefix.
    """
    for specifier in old:
        if specifier.operator in operators:
            version = parse_version(specifier.version.removesuffix(".*"))
            if version is not None:
                yield version.public
