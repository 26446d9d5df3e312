"""What a lock starts from: the lock that stands there, and the layer underneath."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.lock_options import LockOptions
from axletree.commands.options.question import Asked
from axletree.resolver.inputs.requirements_files import parse_requirement
from axletree.resolver.locks.lock_reading import read_lock
from axletree.resolver.locks.written_pins import (
    WrittenPin,
    pins_in,
)
from axletree.resolver.model.errors import InvalidLockError
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement

_UPGRADE = Origin(file="--upgrade-package")


def with_start(asked: Asked, wanted: LockOptions, files: InputFiles) -> Asked:
    """Prefer what the lock that is there pins, but for what is to be upgraded.

    :raises InvalidLockError: if it cannot be read; not so when all is upgraded.
    :raises InvalidRequirementError: for a requirements file with a broken line, or an
        upgrade that is no requirement.
    """
    upgrades = [parse_requirement(text, _UPGRADE) for text in wanted.upgrade_packages]
    old = () if wanted.upgrade else written_pins(wanted.output_file, files)
    return replace(
        asked,
        questions=tuple(_start(each, old, upgrades) for each in asked.questions),
    )


def with_base(asked: Asked, base: Sequence[WrittenPin]) -> Asked:
    """Constrain all that the layer underneath pins to just that."""
    return replace(
        asked, questions=tuple(_on_base(each, base) for each in asked.questions)
    )


def read_base(path: Path | None, files: InputFiles) -> tuple[WrittenPin, ...]:
    """Read the lock of the layer underneath; nothing if there is none.

    :raises InvalidLockError: if it cannot be read, or pins nothing.
    :raises InvalidRequirementError: for a requirements file with a broken line.
    """
    if path is None:
        return ()
    pins = read_lock(path, files.text)
    if not pins:
        raise InvalidLockError(
            "the base pins nothing",
            where=str(path),
            hint="give what axletree lock wrote for the layer, or what pip freeze "
            "prints in it",
        )
    return pins


def written_pins(file: Path | None, files: InputFiles) -> tuple[WrittenPin, ...]:
    """Read the lock that stands at `file`; nothing if none does.

    :raises AxletreeError: if it cannot be read.
    """
    # A pipe or a terminal is written to, never read.
    if file is None or not file.is_file():
        return ()
    return read_lock(file, files.text)


def _on_base(question: Question, base: Sequence[WrittenPin]) -> Question:
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


def _start(
    question: Question,
    old: tuple[WrittenPin, ...],
    upgrades: list[RootRequirement],
) -> Question:
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
