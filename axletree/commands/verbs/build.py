"""`axletree build`: a recipe becomes a wheel in the wheelhouse."""

from collections.abc import Sequence
from pathlib import Path

import click

from axletree.builder.jobs.job import BuiltWheel
from axletree.builder.jobs.produce import Produced, produce
from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.sandbox.isolation import Isolation
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.question import target_environment
from axletree.commands.results.set_news import (
    gate_of,
    recheck_sets,
    refusal_explained,
)
from axletree.commands.sources.house import open_to_fill
from axletree.commands.sources.named import settings_for
from axletree.commands.sources.workshops import open_workshop
from axletree.console import Console
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.provenance.signing import WheelhouseAttester


@click.command(cls=VerbCommand)
@options_of("build")
def build(  # noqa: PLR0913  one parameter for each option
    recipe: Path,
    *,
    python_version: str | None,
    python_platform: str | None,
    isolation: Isolation,
    allow_file_sources: bool,
    gate: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Build a wheel from a recipe and the wheelhouse alone, check and publish it."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    refuse_missing([str(recipe)])
    read = load_recipe(recipe)
    pythons: Sequence[str | None] = (
        [python_version] if python_version else read.build.pythons
    )
    settings = settings_for()
    exposed = WheelhouseAttester(place=settings.place).check(isolation)
    console.notes([exposed] if exposed else [])
    with (
        open_to_fill(settings, console) as house,
        console.progress() as progress,
        open_workshop(
            settings,
            house,
            progress,
            isolation=isolation,
            allows_file_sources=allow_file_sources,
        ) as (workshop, folder),
    ):
        environments = [
            target_environment(each, python_platform) for each in pythons or [None]
        ]
        judge = gate_of(house, is_wanted=gate)
        with refusal_explained(console):
            produced = produce(read, environments, house, workshop, folder, gate=judge)
        _show(console, produced)
        recheck_sets(house, console)
    return 0


def _show(console: Console, produced: Produced) -> None:
    published = produced.published
    if console.is_json:
        console.document(_to_json(produced))
        return
    new = {file.filename for file in published.new}
    for wheel in produced.wheels:
        is_new = wheel.filename in new
        state = "published" if is_new else "already published, bit for bit"
        console.result(
            f"{wheel.filename} is {state} (generation {published.generation})\n"
            f"  sha256     {wheel.sha256}\n"
            f"  source     {wheel.revision}\n"
            f"  built with {', '.join(_tools(wheel))}\n"
            f"  checked    {_checked(produced, wheel)}\n"
            f"  isolation  {wheel.isolation}\n"
            f"  provenance {_signed(wheel)}\n"
            f"  log        {wheel.log_path}\n"
        )
        console.notes(wheel.notes)


def _tools(wheel: BuiltWheel) -> tuple[str, ...]:
    return (f"Python {wheel.python_version}", *wheel.build_requirements)


def _signed(wheel: BuiltWheel) -> str:
    why = wheel.attestation.unsigned
    return f"not signed: {why}" if why else "signed"


def _checked(produced: Produced, wheel: BuiltWheel) -> str:
    places = [
        f"on Python {each.environment.python} with {counted(each.closure, 'other')}"
        for each in produced.checked
        if each.wheel is wheel
    ]
    return f"installed and fits together, {', '.join(places)}"


def _to_json(produced: Produced) -> JsonObject:
    new = {str(file.filename) for file in produced.published.new}
    wheels = [_wheel_to_json(wheel, produced, new) for wheel in produced.wheels]
    return {
        "format": "axletree.build/1",
        **wheels[0],
        "generation": produced.published.generation,
        "wheels": wheels,
    }


def _wheel_to_json(wheel: BuiltWheel, produced: Produced, new: set[str]) -> JsonObject:
    return {
        "filename": wheel.filename,
        "sha256": wheel.sha256,
        "revision": wheel.revision,
        "source_time": wheel.source_time.isoformat(),
        "isolation": wheel.isolation,
        "python": wheel.python_version,
        "build_requirements": [each.line for each in wheel.built_with],
        "unsigned": wheel.attestation.unsigned or None,
        "is_new": wheel.filename in new,
        "checked": [
            {"environment": each.environment.label, "others": each.closure}
            for each in produced.checked
            if each.wheel is wheel
        ],
        "notes": list(wheel.notes),
    }
