"""What is asked: requirements, limits and the environment they are for."""

from dataclasses import dataclass, field
from datetime import datetime

from axletree.resolver.file_formats import FormatControl
from axletree.resolver.model import Environment, RootRequirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is hidden from a resolution by the user's own wish."""

    exclude_newer: datetime | None = None
    """Files uploaded at or after this instant (aware, UTC) fall away."""
    allow_prereleases: bool = False
    formats: FormatControl = field(default_factory=FormatControl)
    """Whose wheels or sdists fall away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One resolution to make."""

    roots: tuple[RootRequirement, ...]
    environment: Environment
    constraints: tuple[RootRequirement, ...] = ()
    limits: Limits = field(default_factory=Limits)
