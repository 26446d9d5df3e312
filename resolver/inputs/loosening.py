"""Other specifiers for a line that has to give way: what can be kept of the old."""

from packaging.specifiers import SpecifierSet
from packaging.version import Version


def loosened(old: SpecifierSet, chosen: Version) -> str:
    """Loosen a specifier to one side, so that it admits a version that works.

    What still holds of the other side stays, but for a pin, of which one side is left.
    """
    pins = [_bound(s.version) for s in old if s.operator in {"==", "==="}]
    lower = [str(s) for s in old if s.operator in {">=", ">"}]
    lower += [f">={_bound(s.version)}" for s in old if s.operator == "~="]
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
    lower = (s for s in old if s.operator in {">=", ">", "~=", "==", "==="})
    return any(chosen < Version(_bound(s.version)) for s in lower)


def _bound(version: str) -> str:
    # No bound may name a local version (PEP 440), nor a prefix.
    return Version(version.removesuffix(".*")).public
