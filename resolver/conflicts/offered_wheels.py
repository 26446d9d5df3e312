"""Which Pythons and platforms a release has wheels for, in words."""

from collections.abc import Iterable, Iterator, Sequence

from axletree.resolver.model.distribution import expand_tag

_SYSTEMS = (
    ("manylinux", "Linux"),
    ("linux", "Linux"),
    ("musllinux", "musl Linux"),
    ("macosx", "macOS"),
    ("win", "Windows"),
)


def offered_wheels(tags: Iterable[str]) -> str:
    """Say it shortly: `only for Python 3.6 to 3.9 on Linux and Windows`.

    :param tags: of the wheels; each may be a compressed set.
    """
    pythons: dict[str, set[str]] = {}
    for compressed in tags:
        for tag in expand_tag(compressed):
            python, abi, platform = tag.split("-")
            pythons.setdefault(_system(platform), set()).add(_python(python, abi))
    if not pythons:
        return "it has other files"
    systems: dict[str, list[str]] = {}
    for system in sorted(pythons):
        systems.setdefault(_spans(pythons[system]), []).append(system)
    groups = (f"{span}{_on(names)}" for span, names in systems.items())
    return f"only for {', '.join(groups)}"


def _on(systems: Sequence[str]) -> str:
    return "" if systems == [""] else f" on {_listed(systems)}"


def _system(platform: str) -> str:
    if platform == "any":
        return ""
    found = (name for prefix, name in _SYSTEMS if platform.startswith(prefix))
    return next(found, platform)


def _python(python: str, abi: str) -> str:
    """Spell a tag's Python: `3.9`, `3.7 and newer`, `2`, `PyPy 3.9`."""
    name, digits = (
        python.rstrip("0123456789"),
        python.lstrip("abcdefghijklmnopqrstuvwxyz"),
    )
    version = f"{digits[:1]}.{digits[1:]}" if digits[1:] else digits
    newer = " and newer" if abi == "abi3" else ""
    free = " free-threaded" if abi.endswith("t") and abi[:2] == "cp" else ""
    kind = {"cp": "", "py": "", "pp": "PyPy "}.get(name, f"{name} ")
    return f"{kind}{version}{free}{newer}"


def _spans(pythons: Iterable[str]) -> str:
    """Join minor versions that follow each other: `Python 3.6 to 3.9`."""
    minors = sorted(
        int(python[2:])
        for python in pythons
        if python[:2] == "3." and python[2:].isdigit()
    )
    others = sorted(
        python for python in pythons if python[:2] != "3." or not python[2:].isdigit()
    )
    return f"Python {_listed([*others, *_runs(minors)])}"


def _runs(minors: Sequence[int]) -> Iterator[str]:
    start = 0
    for end in range(1, len(minors) + 1):
        if end == len(minors) or minors[end] != minors[end - 1] + 1:
            first, last = f"3.{minors[start]}", f"3.{minors[end - 1]}"
            yield first if first == last else f"{first} to {last}"
            start = end


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
