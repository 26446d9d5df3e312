"""Which wheels make up a build environment.

The environment itself is made inside the sandbox (`sandbox.py`); here is decided what
goes into it: first what the source names, then what its backend asks for besides.
"""

from collections.abc import Sequence

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
