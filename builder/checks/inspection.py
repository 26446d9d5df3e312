"""Judge a wheel by what it says of itself: as a backend left it, and as finished.

Soundness is the wheelhouse's entry check, run here too, so that a bad wheel fails its
build and not the publish after it.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version
from wheel.wheelfile import WheelError, WheelFile

from axletree.builder.checks.required_lines import normalised
from axletree.builder.checks.version_agreement import version_hint
from axletree.builder.errors import (
    CheckFailedError,
    MetadataDiffersError,
    StampMissingError,
)
from axletree.builder.recipes.recipe import (
    Expectation,
    Recipe,
)
from axletree.builder.recipes.stamp import Stamp
from axletree.wheelhouse.archives.rules import CHUNK_BYTES
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.findings import Inspected
from axletree.wheelhouse.metadata.core import read_headers

_EXTRA = re.compile(r"""extra == ["']([^"']+)["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What METADATA and the recipe disagree on."""

    missing: tuple[str, ...]
    """Expected, not there."""
    surplus: tuple[str, ...]
    """There, not expected."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus)

    def __str__(self) -> str:
        parts = (("lacks", self.missing), ("has besides", self.surplus))
        return "; ".join(f"{verb} {', '.join(items)}" for verb, items in parts if items)


def check_recipe_wheel(
    wheel: Path, inspected: Inspected, recipe: Recipe, pinned: Collection[str] = ()
) -> None:
    """Hold a finished wheel, which is sound, against its recipe.

    :param inspected: what `check_sound` found.
    :param pinned: what was added to its requirements, which no recipe need expect.
    :raises StampMissingError: when it is not the recipe's project and version.
    :raises MetadataDiffersError: when it requires other things than expected.
    """
    said = (inspected.project, Version(inspected.version))
    if said != (recipe.project, recipe.version):
        raise StampMissingError(
            f"the built wheel is {said[0]} {said[1]}, not {recipe.project} "
            f"{recipe.version}",
            where=wheel.name,
            hint=version_hint(recipe, said[1])
            if said[0] == recipe.project
            else "[project] name in the recipe must be the source's own",
        )
    if recipe.expect is not None:
        _check_expectation(inspected, recipe.expect, recipe.path, pinned)


def _second_opinion(wheel: Path) -> None:
    """Let the wheel project read every member against RECORD, too.

    The wheelhouse's entry check is ours, and so is what rewrote the wheel: both could
    share a mistake.
    """
    try:
        with WheelFile(str(wheel)) as opened:
            for name in opened.namelist():
                with opened.open(name) as member:
                    while member.read(CHUNK_BYTES):
                        pass
    except WheelError as error:
        raise CheckFailedError(
            f"the wheel library refuses the built wheel: {error}", where=wheel.name
        ) from error


def compare_requirements(expected: Iterable[str], found: Iterable[str]) -> Difference:
    """Compare two sets of requirement lines, whatever their order and spelling.

    What an extra requires counts only for extras that the expectation names.
    """
    wanted = frozenset(map(normalised, expected))
    named = frozenset(extra for line in wanted for extra in _EXTRA.findall(line))
    had = frozenset(
        line
        for line in map(normalised, found)
        if named.issuperset(_EXTRA.findall(line))
    )
    return Difference(
        missing=tuple(sorted(wanted - had)), surplus=tuple(sorted(had - wanted))
    )


def check_raw_wheel(wheel: Path) -> tuple[str, ...]:
    """Judge what a backend left, before a byte of it is written anew.

    :returns: its flaws, some of which the rewriting ends.
    :raises CheckFailedError: it is no sound wheel, or its RECORD is not true.
    """
    inspected = _inspect(wheel)
    if inspected.untrue:
        raise CheckFailedError(
            f"the built wheel says of itself what is not so: "
            f"{'; '.join(inspected.untrue)}",
            where=wheel.name,
            hint="the source's build changes the wheel after it is made; look at how",
        )
    return tuple(note.text for note in inspected.notes)


def check_sound(wheel: Path) -> Inspected:
    """Hold a finished wheel against the wheel format; the flaws that stay are noted.

    :raises CheckFailedError: it would not be let into a wheelhouse.
    """
    inspected = _inspect(wheel)
    _second_opinion(wheel)
    return inspected


def added_pins(inspected: Inspected, stamp: Stamp) -> tuple[str, ...]:
    """Name the requirements that a stamped wheel has for what it was compiled against."""
    headers = read_headers(inspected.metadata or b"")
    wanted = {f"{project}{versions}" for project, versions in stamp.pins.items()}
    required = headers.get("requires-dist", ())
    return tuple(line for line in required if line.partition(";")[0] in wanted)


def _inspect(wheel: Path) -> Inspected:
    # Lenient: setuptools wrote License-File under Metadata 2.1 for years.
    try:
        return inspect_wheel(wheel, wheel.name, "lenient")
    except InvalidDistributionError as error:
        raise CheckFailedError(
            f"the built wheel is not valid: {error.what}",
            where=error.where or wheel.name,
            hint="its build has made it so: nothing was published; mend what packs it, by a "
            "[[patch]] in the recipe, or take another version",
        ) from error


def _check_expectation(
    inspected: Inspected, expect: Expectation, recipe: Path, pinned: Collection[str]
) -> None:
    headers = read_headers(inspected.metadata or b"")
    expected = [*map(str, expect.requires_dist)]
    own = {*map(normalised, pinned)} - {*map(normalised, expected)}
    required = headers.get("requires-dist", ())
    difference = compare_requirements(
        expected, [line for line in required if normalised(line) not in own]
    )
    if difference:
        raise MetadataDiffersError(
            f"METADATA of the built wheel {difference}",
            where=str(recipe),
            hint="put the wheel's own requirements into [expect] requires-dist, or "
            "change the source by a patch",
        )
    others = (
        ("Requires-Python", inspected.requires_python, expect.requires_python),
        ("the wheel's tag", inspected.tag, _foreseen(expect.tag, inspected.tag)),
    )
    for name, found, wanted in others:
        if _parts(found) != _parts(wanted):
            raise MetadataDiffersError(
                f"{name} is {found or 'missing'}, the recipe expects "
                f"{wanted or 'none'}",
                where=str(recipe),
            )


def _foreseen(expected: str, found: str) -> str:
    """Let `linux_x86_64` stand for any manylinux: nobody knows it before the build."""
    head, _, platform = expected.rpartition("-")
    if not platform.startswith("linux_"):
        return expected
    machine = platform.removeprefix("linux_")
    same, _, platforms = found.rpartition("-")
    others = platforms.split(".")
    is_linux = all("linux" in one and one.endswith(f"_{machine}") for one in others)
    return found if same == head and is_linux else expected


def _parts(text: str | None) -> frozenset[str]:
    return frozenset(part.strip() for part in (text or "").split(",") if part.strip())
