"""What a lock starts from: the lock that stands there, and the layer underneath."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.inputs.requirements_files import Read
from axletree.resolver.locks.reading import (
    WrittenPin,
    pins_in,
    read_lock,
)
from axletree.resolver.model.errors import InvalidLockError
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement

_UPGRADE = Origin(file="--upgrade-package")


def parse_upgrades(texts: Sequence[str]) -> tuple[RootRequirement, ...]:
    """Read what is to be upgraded; with a version it is a limit, too.

    :raises InvalidRequirementError: for what is no requirement.
    """
    return tuple(parse_requirement(text, _UPGRADE) for text in texts)


def read_base(path: Path | None, read: Read) -> tuple[WrittenPin, ...]:
    """Read the lock of the layer underneath; nothing if there is none.

    :raises InvalidLockError: if it cannot be read, or pins nothing.
    :raises InvalidRequirementError: for a requirements file with a broken line.
    """
    if path is None:
        return ()
    pins = read_lock(path, read)
    if not pins:
        raise InvalidLockError(
            "the base pins nothing",
            where=str(path),
            hint="give what axletree lock wrote for the layer, or what pip freeze "
            "prints in it",
        )
    return pins


def on_base(question: Question, base: Sequence[WrittenPin]) -> Question:
    """Constrain all that the layer underneath pins to just that."""
    pins = pins_in(base, question.environment)
    limits = (_limit(pin) for pin in pins.values())
    # `==2` lets 2+local in as well, which is not what the layer has.
    kept = {name: pin.version for name, pin in pins.items()}
    return replace(
        question,
        constraints=(*question.constraints, *limits),
        preferences={**question.preferences, **kept},
    )


def _limit(pin: WrittenPin) -> RootRequirement:
    text = f"{pin.name}=={pin.version}"
    return RootRequirement(
        requirement=Requirement(text), text=text, origin=pin.origin, is_base=True
    )


def starting_from(
    question: Question,
    old: Sequence[WrittenPin],
    upgrades: Sequence[RootRequirement],
) -> Question:
    """Prefer what the old lock pins, but for what is to be upgraded."""
    upgraded = {canonicalize_name(each.requirement.name) for each in upgrades}
    pins = pins_in(old, question.environment)
    limits = [each for each in upgrades if each.requirement.specifier]
    return replace(
        question,
        constraints=(*question.constraints, *limits),
        preferences={
            name: pin.version for name, pin in pins.items() if name not in upgraded
        },
    )
