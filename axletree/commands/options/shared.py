"""Options that several verbs share, as values."""

from dataclasses import fields, replace
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axletree.config import IndexStrategy
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.question import Preference

if TYPE_CHECKING:
    from axletree.builder.sandbox.isolation import (
        Isolation,  # it brings the sandbox along
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """What is asked for."""

    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    """Of the pyproject.toml files among `files`."""
    has_all_extras: bool = False
    groups: tuple[str, ...] = ()
    """`NAME` or `PATH:NAME`."""
    overrides: tuple[str, ...] = ()
    """Files, or overrides themselves."""
    excluded: tuple[str, ...] = ()
    pre: bool = False
    prefer: Preference = "newest"
    only_binary: tuple[str, ...] = ()
    no_binary: tuple[str, ...] = ()
    skip_unbuildable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOptions:
    """What it is for, and as of when."""

    python_versions: tuple[str, ...]
    """Empty: the active environment's."""
    python_platforms: tuple[str, ...]
    """Empty: this one."""
    exclude_newer: datetime | None
    """The first instant that is too new."""

    def apart(self) -> tuple["TargetOptions", ...]:
        """Give every Python with every platform by itself, each once."""
        return tuple(
            replace(self, python_versions=version, python_platforms=platform)
            for version, platform in product(
                _apart(self.python_versions), _apart(self.python_platforms)
            )
        )


def _apart(values: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(value,) for value in dict.fromkeys(values)] or [()]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """Where candidates come from."""

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    index_strategy: IndexStrategy | None = None
    """None: the settings'."""
    find_links: tuple[str, ...] = ()
    universe: Path | None = None
    view: str | None = None
    """None: all of the wheelhouse."""
    cache_dir: Path | None = None
    refresh: bool = False
    isolation: "Isolation" = "full"


def take(options: dict[str, Any]) -> tuple[InputOptions, TargetOptions, SourceOptions]:
    """Gather the shared options of a verb's keyword arguments."""
    return (
        InputOptions(**_own(InputOptions, options)),
        TargetOptions(
            python_versions=options["python_versions"],
            python_platforms=options["python_platforms"],
            exclude_newer=options["exclude_newer"],
        ),
        SourceOptions(**_own(SourceOptions, options)),
    )


def _own(
    kind: type[InputOptions | SourceOptions], options: dict[str, Any]
) -> dict[str, Any]:
    """Give those of the options that a value has; not every verb has all of them."""
    names = [field.name for field in fields(kind)]
    return {name: options[name] for name in names if name in options}
