"""What a requirement set is, and what becomes known of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from axletree.late_dataclasses import dataclass

Result: TypeAlias = Literal["whole", "broken", "unknown"]
"""Unknown: a file of the wheelhouse keeps it from being said."""
RESULTS: Mapping[str, Result] = {
    "whole": "whole",
    "broken": "broken",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One environment of a set, as `lock` and `check` name it."""

    python_version: str
    platform: str

    @property
    def name(self) -> str:
        """Name it for an address: `py39-linux`, `py39.7-linux`, `py314t-linux`."""
        first, second, *patch = self.python_version.split(".")
        python = ".".join((f"{first}{second}", *patch))
        return f"py{python}-{self.platform}"

    @property
    def label(self) -> str:
        """Name it for people, as `Environment.label` does."""
        return f"Python {self.python_version} on {self.platform}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetText:
    """What a set asks for."""

    requirements: str
    """A requirements file that includes no other."""
    constraints: str = ""
    """Likewise."""
    view: str = ""
    """Of the wheelhouse, over what this view leaves; empty: over all."""

    @property
    def written(self) -> str:
        """Give what it asks for in lines, as people are shown it."""
        over = f"--view {self.view}\n" if self.view else ""
        return over + self.requirements


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVersion:
    """A set as somebody has made it."""

    name: str
    number: int
    text: SetText
    targets: tuple[Target, ...]
    is_removed: bool
    actor: str
    at: datetime
    generation: int
    """The newest at that time."""

    def target(self, environment: str) -> Target | None:
        """Find an environment by its name; None: the set has none of it."""
        return next((t for t in self.targets if t.name == environment), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found of a set in one environment."""

    result: Result
    since: int
    """The generation that made it so."""
    cause: str
    """What came in, or went, with that; a clause: `numpy 2.0.0 came in`."""
    report: str = ""
    """Why there is no lock; empty where there is one."""
    lock: str | None = None
    """pylock.toml, in which each file has the path that is its name."""
    generation: int
    """Over which it was found."""
    at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState:
    """What holds now of a set in one environment."""

    number: int
    """Its row."""
    name: str
    environment: str
    """`Target.name`."""
    outcome_number: int
    outcome: Outcome
    lock: Outcome | None
    """The newest of this version of the set that has one."""
    generation: int
    """Up to which the outcome is known."""
    checked_at: datetime
