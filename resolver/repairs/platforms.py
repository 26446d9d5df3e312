"""Repairs by another platform: the nearest one that has the wheels (RESOLVING.md 5)."""

import re
from collections.abc import Iterator
from dataclasses import field

from axletree.late_dataclasses import dataclass
from axletree.resolver.conflicts.wheel_tags import (
    PlatformWords,
    Target,
    platform_words,
    single_tags,
)
from axletree.resolver.model.answers import Repair
from axletree.resolver.model.environment import Environment, platform_of
from axletree.resolver.model.fact_keys import (
    EdgeKey,
    FactKey,
    FallenKey,
)
from axletree.resolver.model.outcomes import Found, GaveUp
from axletree.resolver.repairs.costs import ANOTHER_PLATFORM, cost_of
from axletree.resolver.repairs.elsewhere import Elsewhere
from axletree.resolver.repairs.proving import Prover

MOST_PLATFORMS = 6
"""Platforms that are tried, the nearest first."""
_SYSTEMS = ("linux", "macos", "windows")
"""Tried where a requirement is one of some systems only."""
_OF_PLATFORM = re.compile(r"sys_platform|os_name|platform_(?:system|machine)")


@dataclass(slots=True)
class PlatformRepairs:
    """Looks for the nearest other platform that has a solution."""

    elsewhere: Elsewhere
    is_complete: bool = field(init=False, default=True)

    @property
    def prover(self) -> Prover:
        """Return who proves."""
        return self.elsewhere.prover

    def find(self) -> Iterator[Repair]:
        """Yield the nearest one that works."""
        if not all(
            any(map(self._depends_on_platform, core.keys)) for core in self.prover.cores
        ):
            return
        with self.elsewhere.and_back():
            yield from self._nearest()

    def _nearest(self) -> Iterator[Repair]:
        environment = self.prover.question.environment
        own = Target(environment.tags).platform
        found = dict.fromkeys(self._candidates(own))
        listed = sorted(found, key=lambda each: (each.distance, each.name))
        self.is_complete &= len(listed) <= MOST_PLATFORMS
        for other in listed[:MOST_PLATFORMS]:
            self.prover.reporter.proving(f"the platform {other.name}")
            answer = self.elsewhere.resolve(environment.python_version, other.name)
            if isinstance(answer, Found):
                words = Target(answer.value.environment.tags).platform
                yield Repair(
                    kind="platform",
                    text=f"use the platform {other.name} ({_said(words)}) instead of "
                    f"{environment.platform} ({_said(own)})",
                    changes=(f"--python-platform {other.name}",),
                    cost=cost_of([ANOTHER_PLATFORM], *other.distance),
                    claim=self.prover.claim(answer),
                    resolution=answer.value,
                    notes=self.prover.notes(answer.unread),
                )
                return
            if isinstance(answer, GaveUp):
                self.is_complete = False

    def _candidates(self, own: PlatformWords) -> Iterator["_Other"]:
        environment = self.prover.question.environment
        keys = {key for core in self.prover.cores for key in core.keys}
        for key in keys:
            if isinstance(key, FallenKey) and key.reason == "tag":
                for tag in self._unfit(key, Target(environment.tags)):
                    yield from _others(tag.rpartition("-")[2], own, environment)
            elif isinstance(key, EdgeKey) and self._depends_on_platform(key):
                for name in _SYSTEMS:
                    if name != environment.platform:
                        yield _Other(name, (_ANOTHER_SYSTEM, 0))

    def _unfit(self, key: FallenKey, target: Target) -> Iterator[str]:
        """Yield the tags of wheels for this Python that their platform keeps out."""
        knowledge = self.prover.explanation.knowledge
        knowledge.read_pages([key.project])
        releases = knowledge.releases[key.project]
        files = (
            file
            for release in (releases.all if releases is not None else ())
            for file in release.fallen
            if file.kind == "wheel"
        )
        for tag in single_tags(dict.fromkeys(file.tag for file in files)):
            if "python" not in target.misfits(tag) and not tag.endswith("-any"):
                yield tag

    def _depends_on_platform(self, key: FactKey) -> bool:
        match key:
            case FallenKey(_, reason):
                return reason == "tag"
            case EdgeKey():
                return any(map(_OF_PLATFORM.search, self.elsewhere.markers_of(key)))
            case _:
                return False


_NEWER, _ANOTHER_LIBC, _ANOTHER_PROCESSOR, _ANOTHER_SYSTEM = range(4)


@dataclass(frozen=True, slots=True)
class _Other:
    """A platform to be tried."""

    name: str
    distance: tuple[int, int]
    """In what it differs, then by how many versions of the C library."""


def _others(tag: str, own: PlatformWords, environment: Environment) -> Iterator[_Other]:
    """Name the platform that a wheel is for; none may be of its kind."""
    name = platform_of(tag, environment)
    if name is None or name == environment.platform:
        return
    words = platform_words(tag)
    if words.system != own.system:
        are_linux = "Linux" in words.system and "Linux" in own.system
        is_like = set(own.processors) & set(words.processors)
        kind = _ANOTHER_LIBC if are_linux and is_like else _ANOTHER_SYSTEM
        yield _Other(name, (kind, 0))
    elif set(own.processors).isdisjoint(words.processors):
        yield _Other(name, (_ANOTHER_PROCESSOR, 0))
    elif words.version[-1:] > own.version[-1:]:
        yield _Other(name, (_NEWER, words.version[-1] - own.version[-1]))


def _said(words: PlatformWords) -> str:
    """Say what a platform is: `x86-64, glibc 2.28`."""
    version = ".".join(map(str, words.version))
    return f"{' and '.join(words.processors)}, {words.library} {version}".rstrip()
