"""Why no wheel fits a target, in words: by the wheels that come nearest to it.

A wheel that needs a newer glibc alone is nearer than one for another processor, and
that nearer than one for another system. What is said is true of all wheels: where the
others are another matter, it names the system that it is said of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from axletree.resolver.conflicts.wheel_tags import (
    GLIBC,
    MUSL,
    Aspect,
    PlatformWords,
    TagWords,
    Target,
    joined,
    single_tags,
    tag_words,
)
from axletree.resolver.model.environment import environment_for

_Misfits: TypeAlias = frozenset[Aspect]
_LIBC_OF = {GLIBC: "glibc", MUSL: "musl"}


def offered_wheels(
    releases: Iterable[Sequence[str]], python_version: str, platform: str
) -> str:
    """Say it shortly: `only for Python 3.6 to 3.9`, `only x86-64 has wheels`.

    :param releases: of each, the tags of its wheels; each may be a compressed set.
    """
    target = Target(environment_for(python_version, platform).tags)
    nearest: dict[_Misfits, list[TagWords]] = {}
    needed: list[tuple[int, ...]] = []
    everything: dict[TagWords, None] = {}
    for tags in releases:
        found = _by_misfits(tags, target)
        everything |= dict.fromkeys(words for each in found.values() for words in each)
        for misfits in _least(found):
            nearest.setdefault(misfits, []).extend(found[misfits])
            if misfits == {"version"}:
                needed.append(min(words.platform.version for words in found[misfits]))
    if not nearest:
        return "it has other files"
    offer = _Offer(own=target.platform, everything=tuple(everything))
    said = (
        offer.newer(needed) if misfits == {"version"} else offer.other(misfits, words)
        for misfits, words in sorted(
            nearest.items(), key=lambda each: (_far(each[0]), sorted(each[0]))
        )
    )
    return "; ".join(dict.fromkeys(said))


def _by_misfits(tags: Iterable[str], target: Target) -> dict[_Misfits, list[TagWords]]:
    found: dict[_Misfits, list[TagWords]] = {}
    for tag in single_tags(tags):
        found.setdefault(target.misfits(tag), []).append(tag_words(tag))
    return found


def _far(misfits: _Misfits) -> tuple[bool, int, bool]:
    """Return how far such wheels are: a newer version alone is the least."""
    return "system" in misfits, len(misfits), misfits != {"version"}


def _least(found: Mapping[_Misfits, object]) -> list[_Misfits]:
    """List the misfits of the wheels that come nearest."""
    least = min(map(_far, found), default=None)
    return [misfits for misfits in found if _far(misfits) == least]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """Puts into words what there is instead."""

    own: PlatformWords
    """The target's."""
    everything: tuple[TagWords, ...]
    """All that there is."""

    def newer(self, needed: Sequence[tuple[int, ...]]) -> str:
        """Say which versions of glibc, musl or the system releases need."""
        listed = sorted(needed)
        spelled = [_version(each) for each in dict.fromkeys((listed[0], listed[-1]))]
        has = f"the target has {_version(self.own.version)}"
        need = "needs" if len(listed) == 1 else "need"
        return f"{need} {self.own.library} {' to '.join(spelled)}, {has}"

    def other(self, misfits: _Misfits, words: Sequence[TagWords]) -> str:
        """Say for what Pythons and platforms there are wheels."""
        if "system" in misfits:
            return self._other_system()
        pythons = spans(each.python for each in words)
        if "processor" not in misfits:
            where = self._where(words)
            return f"{where}only for {pythons}{self._besides(misfits, words)}"
        found = sorted({p for each in words for p in each.platform.processors})
        is_only_system = {each.platform.system for each in self.everything} == {
            self.own.system
        }
        if len(misfits) > 1:
            what = f"only for {pythons} on {joined(found)}"
            system = self.own.system
            return f"{what} {system}" if is_only_system else f"on {system} {what}"
        there = {p for each in self.everything for p in each.platform.processors}
        where = (
            "" if is_only_system or there == set(found) else f"on {self.own.system} "
        )
        if any(map(self._is_at_home, self.everything)):
            # The target's own processor has some, for another Python.
            where = f"for {pythons} "
        verb = "has" if len(found) == 1 else "have"
        return f"{where}only {joined(found)} {verb} wheels"

    def _where(self, words: Sequence[TagWords]) -> str:
        """Name the target's platform where others have more than these."""
        pythons = {each.python for each in words}
        others = [each for each in self.everything if each.python not in pythons]
        if not others:
            return ""
        own = self.own
        has = any(map(self._is_at_home, others))
        library = f" with {own.library} {_version(own.version)}" if has else ""
        return f"on {joined(own.processors)} {own.system}{library} "

    def _is_at_home(self, words: TagWords) -> bool:
        """Tell whether a wheel is for the target's system and processor."""
        own, other = self.own, words.platform
        is_like = not set(own.processors).isdisjoint(other.processors)
        return own.system == other.system and is_like

    def _besides(self, misfits: _Misfits, words: Sequence[TagWords]) -> str:
        if "version" not in misfits:
            return ""
        lowest = min(each.platform.version for each in words)
        return f", and it needs {self.own.library} {_version(lowest)}"

    def _other_system(self) -> str:
        """Name the systems, of which none is the target's."""
        systems: dict[str, set[str]] = {}
        for each in self.everything:
            systems.setdefault(each.platform.system, set()).add(each.python)
        libc = {GLIBC: MUSL, MUSL: GLIBC}.get(self.own.system)
        if libc in systems:
            has = _LIBC_OF[self.own.system]
            return (
                f"its Linux wheels are for {_LIBC_OF[libc]}, and the target has {has}"
            )
        by_pythons: dict[str, list[str]] = {}
        for system in sorted(systems):
            by_pythons.setdefault(spans(systems[system]), []).append(system)
        return "only for " + ", ".join(
            f"{pythons} on {joined(names)}" for pythons, names in by_pythons.items()
        )


def _version(version: Sequence[int]) -> str:
    return ".".join(map(str, version))


def spans(pythons: Iterable[str]) -> str:
    """Join minor versions that follow each other: `Python 3.6 to 3.9`."""
    found = set(pythons)
    minors = sorted(int(p[2:]) for p in found if _is_minor(p))
    others = sorted(p for p in found if not _is_minor(p))
    return f"Python {joined([*others, *_runs(minors)])}"


def _is_minor(python: str) -> bool:
    return python[:2] == "3." and python[2:].isdecimal()


def _runs(minors: Sequence[int]) -> Iterator[str]:
    start = 0
    for end in range(1, len(minors) + 1):
        if end == len(minors) or minors[end] != minors[end - 1] + 1:
            first, last = f"3.{minors[start]}", f"3.{minors[end - 1]}"
            yield first if first == last else f"{first} to {last}"
            start = end
