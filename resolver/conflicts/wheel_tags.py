"""A wheel's tag in people's words: which Python, system, processor and C library.

Source: the packaging specifications, "Platform compatibility tags" (PEP 425, 600, 656,
703, 803).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import expand_tag

Aspect: TypeAlias = Literal["python", "system", "processor", "version"]
"""What may keep a wheel from fitting."""

GLIBC, MUSL = "Linux", "musl Linux"
_PLATFORM = re.compile(
    r"(?P<system>manylinux|musllinux|macosx|ios|android)_(?P<version>\d+(?:_\d+)?)"
    r"_(?P<processor>\w+)"
    r"|(?P<old>manylinux1|manylinux2010|manylinux2014)_(?P<old_processor>\w+)"
    r"|(?P<plain>linux)_(?P<plain_processor>\w+)"
    r"|(?P<windows>win32|win_\w+)",
    re.ASCII,
)
# Source: PEP 600, the legacy names of three glibc versions.
_OLD = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_SYSTEMS = {
    "manylinux": GLIBC,
    "musllinux": MUSL,
    "macosx": "macOS",
    "ios": "iOS",
    "android": "Android",
}
_LIBRARIES = {GLIBC: "glibc", MUSL: "musl"}
_PROCESSORS = {
    "x86_64": ("x86-64",),
    "amd64": ("x86-64",),
    "i686": ("32-bit x86",),
    "i386": ("32-bit x86",),
    "x86": ("32-bit x86",),
    "universal2": ("arm64", "x86-64"),
    "intel": ("32-bit x86", "x86-64"),
    "fat64": ("x86-64",),
    "universal": ("32-bit x86", "x86-64"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformWords:
    """A platform tag, taken apart."""

    system: str
    """Empty: any."""
    processors: tuple[str, ...] = ()
    version: tuple[int, ...] = ()
    """The oldest version of glibc, musl or the system that will do; empty: any."""

    @property
    def library(self) -> str:
        """Name what the version is of."""
        return _LIBRARIES.get(self.system, self.system)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagWords:
    """One tag of a wheel, in words."""

    python: str
    """`3.9`, `3.7 and newer`, `2`, `PyPy 3.9`."""
    platform: PlatformWords


@dataclass(frozen=True, slots=True)
class Target:
    """What a target takes, by its tags."""

    tags: tuple[str, ...]
    """Best first."""

    @property
    def platform(self) -> PlatformWords:
        """Say what it is, by its best platform tag."""
        return platform_words(self.tags[0].rpartition("-")[2])

    def misfits(self, tag: str) -> frozenset[Aspect]:
        """Say by what one tag of a wheel does not fit."""
        python, abi, platform = tag.split("-")
        found: set[Aspect] = set()
        if not any(own.startswith(f"{python}-{abi}-") for own in self.tags):
            found.add("python")
        if platform != "any" and not any(
            own.endswith(f"-{platform}") for own in self.tags
        ):
            found.add(self._misfit(platform_words(platform)))
        return frozenset(found)

    def _misfit(self, other: PlatformWords) -> Aspect:
        own = self.platform
        if other.system != own.system:
            return "system"
        if set(own.processors).isdisjoint(other.processors):
            return "processor"
        return "version"


def single_tags(tags: Iterable[str]) -> Iterator[str]:
    """Expand compressed tag sets; each tag comes once."""
    yield from dict.fromkeys(tag for each in tags for tag in expand_tag(each))


def tag_words(tag: str) -> TagWords:
    """Put one tag into words."""
    python, abi, platform = tag.split("-")
    return TagWords(python=_python(python, abi), platform=platform_words(platform))


def platform_words(platform: str) -> PlatformWords:
    """Take a platform tag apart."""
    if platform == "any":
        return PlatformWords(system="")
    match = _PLATFORM.fullmatch(platform)
    if match is None:
        return PlatformWords(system=platform)
    if match["windows"]:
        processor = match["windows"].removeprefix("win32").removeprefix("win_")
        return PlatformWords(
            system="Windows", processors=_processors(processor or "x86")
        )
    if match["plain"]:
        processors = _processors(match["plain_processor"])
        return PlatformWords(system=GLIBC, processors=processors)
    if match["old"]:
        processors = _processors(match["old_processor"])
        version: tuple[int, ...] = _OLD[match["old"]]
        return PlatformWords(system=GLIBC, processors=processors, version=version)
    version = tuple(map(int, match["version"].split("_")))
    return PlatformWords(
        system=_SYSTEMS[match["system"]],
        processors=_processors(match["processor"]),
        version=version,
    )


def _processors(name: str) -> tuple[str, ...]:
    return _PROCESSORS.get(name, (name,))


def _python(python: str, abi: str) -> str:
    """Spell a tag's Python: `3.9`, `3.7 and newer`, `2`, `PyPy 3.9`."""
    name = python.rstrip("0123456789")
    digits = python.removeprefix(name)
    version = f"{digits[:1]}.{digits[1:]}" if digits[1:] else digits
    newer = " and newer" if abi in {"abi3", "abi3t"} else ""
    is_free = (abi.endswith("t") and abi[:2] == "cp") or abi == "abi3t"
    free = " free-threaded" if is_free else ""
    kind = {"cp": "", "py": "", "pp": "PyPy "}.get(name, f"{name} ")
    return f"{kind}{version}{free}{newer}"


def joined(names: Sequence[str], word: str = "and") -> str:
    """Join names: `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last
