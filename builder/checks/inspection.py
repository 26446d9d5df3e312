"""Judge a finished wheel: what it says of itself, and whether it works.

Soundness is the wheelhouse's entry check, run here too, so that a bad wheel fails its
build and not the publish after it. Installing and importing run foreign code, hence in
the sandbox.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version
from wheel.wheelfile import WheelError, WheelFile

from axletree.builder.checks.required_lines import normalised
from axletree.builder.errors import (
    BuildFailedError,
    CheckFailedError,
    MetadataDiffersError,
    StampMissingError,
)
from axletree.builder.recipes.recipe import (
    Expectation,
    Recipe,
)
from axletree.builder.sandbox.runner import (
    Sandbox,
    SandboxJob,
)
from axletree.builder.sandbox.transfer import BuildLog
from axletree.wheelhouse.archives.rules import CHUNK_BYTES
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.findings import Inspected
from axletree.wheelhouse.metadata.core import read_headers

_EXTRA = re.compile(r"""extra == ["']([^"']+)["']""")
_CHECK = """
import importlib, json, subprocess, sys
checks = json.loads(sys.argv[1])
if subprocess.call(checks["consistent"]):
    raise SystemExit("the installed requirements do not fit together")
for name in checks["imports"]:
    print("import", name)
    importlib.import_module(name)
"""


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


def check_recipe_wheel(wheel: Path, recipe: Recipe) -> None:
    """Hold a finished wheel against the wheel format and against its recipe.

    :raises CheckFailedError: when it would not be let into a wheelhouse.
    :raises StampMissingError: when it is not the recipe's project and version.
    :raises MetadataDiffersError: when it requires other things than expected.
    """
    inspected = _inspect(wheel)
    _second_opinion(wheel)
    said = (inspected.project, Version(inspected.version))
    if said != (recipe.project, recipe.version):
        raise StampMissingError(
            f"the built wheel is {said[0]} {said[1]}, not {recipe.project} "
            f"{recipe.version}",
            where=wheel.name,
            hint="[project] name and version in the recipe must be the source's own",
        )
    if recipe.expect is not None:
        _check_expectation(inspected, recipe.expect, recipe.path)


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


def check_install(
    wheels: Sequence[Path], imports: Sequence[str], *, sandbox: Sandbox, log: BuildLog
) -> None:
    """Install exactly `wheels` into a new environment, and import from it.

    :param wheels: the wheel to check and its whole closure.
    :raises CheckFailedError: with the log's last lines as its hint.
    """
    uv, python = str(sandbox.uv), str(sandbox.python)
    checks = {
        "consistent": [uv, "pip", "check", "--python", python],
        "imports": list(imports),
    }
    job = SandboxJob(
        name="the check of the installed wheel",
        argv=(python, "-I", "-c", _CHECK, json.dumps(checks)),
        wheels=wheels,
    )
    try:
        sandbox.run(job, sandbox.scratch / "checked", log)
    except BuildFailedError as error:
        raise CheckFailedError(
            error.what, where=error.where, hint=error.hint
        ) from error


def _inspect(wheel: Path) -> Inspected:
    # Lenient: setuptools wrote License-File under Metadata 2.1 for years.
    try:
        return inspect_wheel(wheel, wheel.name, "lenient")
    except InvalidDistributionError as error:
        raise CheckFailedError(
            f"the built wheel is not valid: {error.what}",
            where=error.where or wheel.name,
            hint=error.hint,
        ) from error


def _check_expectation(inspected: Inspected, expect: Expectation, recipe: Path) -> None:
    headers = read_headers(inspected.metadata or b"")
    difference = compare_requirements(
        map(str, expect.requires_dist), headers.get("requires-dist", ())
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
        ("the wheel's tag", inspected.tag, expect.tag),
    )
    for name, found, wanted in others:
        if _parts(found) != _parts(wanted):
            raise MetadataDiffersError(
                f"{name} is {found or 'missing'}, the recipe expects "
                f"{wanted or 'none'}",
                where=str(recipe),
            )


def _parts(text: str | None) -> frozenset[str]:
    return frozenset(part.strip() for part in (text or "").split(",") if part.strip())
