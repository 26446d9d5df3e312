"""Which wheels make up a build environment.

The environment itself is made inside the sandbox (`sandbox.py`); here is decided what
goes into it: first what the source names, then what its backend asks for besides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from axletree.builder.hooks.frontend import Backend
from axletree.builder.hooks.workshop import Workshop
from axletree.resolver.model.environment import Environment


def find_requirements(
    backend: Backend,
    environment: Environment,
    workshop: Workshop,
    extra: Sequence[str] = (),
    constraints: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return all build requirements, sorted.

    :param extra: requirements beside those that the source names.
    :param constraints: what all of them keep to.
    """
    named = backend.static_requires() | frozenset(extra)
    wheels = workshop.requirements.provide(sorted(named), environment, constraints)
    return tuple(sorted(named | backend.dynamic_requires(wheels)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A wheel as its backend left it."""

    wheel: Path
    environment: Sequence[Path]
    """What it was built with."""


def _forget(needs: Sequence[str]) -> None:
    del needs


def build_raw(  # noqa: PLR0913  what is built, with what, and where to
    backend: Backend,
    environment: Environment,
    workshop: Workshop,
    folder: Path,
    *,
    extra: Sequence[str] = (),
    constraints: Sequence[str] = (),
    learned: Callable[[Sequence[str]], None] = _forget,
) -> Raw:
    """Build the wheel of a source in as few runs as that takes.

    :param extra: as `find_requirements`.
    :param learned: told all build requirements, as soon as they are known.
    :raises BuilderError: it cannot be built.
    """
    named = backend.static_requires() | frozenset(extra)
    provide = workshop.requirements.provide
    first = provide(sorted(named), environment, constraints)
    wheel = backend.try_to_build(first, named, folder)
    if wheel is not None:
        learned(sorted(named))
        return Raw(wheel=wheel, environment=first)
    needs = sorted(named | backend.dynamic_requires(first))
    learned(needs)
    wheels = provide(needs, environment, constraints)
    return Raw(wheel=backend.build_wheel(wheels, folder), environment=wheels)
