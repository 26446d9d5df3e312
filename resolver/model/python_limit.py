"""The user's own project says which Pythons it is for, and the target must fit."""

from collections.abc import Iterable
from dataclasses import replace

from axletree.resolver.model.errors import PythonExcludedError
from axletree.resolver.model.model import (
    Environment,
    PythonLimit,
)


def limit_python(
    environment: Environment, limits: Iterable[PythonLimit]
) -> Environment:
    """Leave the patch releases of Python that the project allows.

    :raises PythonExcludedError: when none is left.
    """
    for limit in limits:
        left = tuple(
            patch
            for patch in environment.patches
            if limit.specifier.contains(
                f"{_minor(environment)}.{patch}", prereleases=True
            )
        )
        if not left:
            raise PythonExcludedError(
                f"the project requires Python {limit.specifier}, and what is resolved "
                f"for is {environment.label}",
                where=str(limit.origin),
                hint="name a Python that fits with --python-version",
            )
        environment = replace(environment, patches=left)
    return environment


def _minor(environment: Environment) -> str:
    return ".".join(environment.python_version.split(".")[:2])
