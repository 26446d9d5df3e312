"""`axletree collect`: the closure of requirements, brought into the wheelhouse."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from axletree.builder.environment import DEFAULT_REQUIRES
from axletree.builder.recipe import Recipe, load_recipes
from axletree.commands.asking import Asked, ask_from
from axletree.commands.options import (
    input_options,
    output_options,
    source_options,
    take,
    target_options,
)
from axletree.commands.sources import Opened, open_universe, settings_for
from axletree.console import Console, Progress
from axletree.resolver.json_form import JsonObject
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.report import conflict_report
from axletree.resolver.report_json import conflict_to_json
from axletree.resolver.resolve import Refusal, Resolver
from axletree.wheelhouse.collect import (
    Collected,
    Collector,
    collection_key,
    finished_collection,
)
from axletree.wheelhouse.house import Wheelhouse
from axletree.wheelhouse.model import Collection

NO_SOLUTION = 1


@click.command()
@input_options
@target_options
@source_options
@click.option(
    "--recipes",
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR",
    help="Bring what these recipes need to build, too.",
)
@output_options
def collect(
    *,
    recipes: Path | None,
    as_json: bool,
    verbose: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Bring all that requirements need into the wheelhouse."""
    console = Console(is_json=as_json, verbosity=verbose)
    inputs, target, source = take(options)
    asked = ask_from(inputs, target)
    if source.index_url is None and asked.parsed.index_url is None:
        source = replace(source, index_url="public")
    wanted = load_recipes(recipes) if recipes is not None else ()
    needs = sorted({text for recipe in wanted for text in _needs(recipe)})
    key = collection_key(asked.question, needs)
    with Wheelhouse.open(settings_for(source).home) as house:
        limit = asked.question.limits.exclude_newer
        finished = finished_collection(house, key, limit)
        if finished is not None:
            _show(console, house, Collected(collection=finished))
            return 0
        with (
            console.progress() as progress,
            open_universe(source, asked, progress) as opened,
        ):
            outcome = _collect(house, opened, asked, (key, needs), progress)
        if isinstance(outcome, Refusal):
            _show_conflict(console, outcome)
            return NO_SOLUTION
        _show(console, house, outcome)
    return 0


def _needs(recipe: Recipe) -> tuple[str, ...]:
    return (*DEFAULT_REQUIRES, *recipe.requires)


def _collect(
    house: Wheelhouse,
    opened: Opened,
    asked: Asked,
    key_and_needs: tuple[str, list[str]],
    progress: Progress,
) -> Collected | Refusal:
    upstream, builder = opened.upstream, opened.builder
    requirements = opened.build_requirements
    if upstream is None or builder is None or requirements is None:
        raise click.UsageError("collect brings files from an index: give --index-url")
    key, needs = key_and_needs
    resolver = Resolver(MemoUniverse(opened.universe), reporter=progress)
    answer = resolver.resolve(asked.question)
    if isinstance(answer, Refusal):
        return answer
    if any(pin.file.kind == "sdist" for pin in answer.pins):
        needs = sorted({*needs, *DEFAULT_REQUIRES})
    if needs:
        requirements.provide(needs, asked.question.environment)
    collector = Collector(
        house=house,
        downloads=upstream,
        builder=builder,
        for_builds=requirements,
        reporter=progress,
    )
    return collector.collect(answer, key=key, question=asked.question)


def _show(console: Console, house: Wheelhouse, collected: Collected) -> None:
    collection = collected.collection
    size = sum(_size(house, name) for name in collection.filenames)
    if console.is_json:
        console.document(_to_json(collected, size))
        return
    for note in collected.notes:
        console.detail(f"note: {note}")
    count = len(collection.filenames)
    new = len(collected.new)
    what = "nothing to do: all" if not new else f"{new} new of"
    built = f", {len(collected.built)} built from sdists" if collected.built else ""
    console.result(
        f"{what} {count} files ({size / 1e6:.0f} MB) are in the wheelhouse{built}; "
        f"{len(collection.pins)} projects, generation {house.generation()}\n"
    )


def _size(house: Wheelhouse, filename: str) -> int:
    stored = house.find(filename)
    return stored.size_bytes if stored is not None else 0


def _to_json(collected: Collected, size: int) -> JsonObject:
    collection: Collection = collected.collection
    return {
        "format": "axletree.collection/1",
        "environment": collection.environment,
        "pins": dict(collection.pins),
        "files": list(collection.filenames),
        "size": size,
        "new": [file.filename for file in collected.new],
        "built": list(collected.built),
        "notes": list(collected.notes),
    }


def _show_conflict(console: Console, refusal: Refusal) -> None:
    if console.is_json:
        console.document(conflict_to_json(refusal.conflict))
        return
    width, is_ascii = console.width, console.is_ascii
    console.report(conflict_report(refusal.conflict, width=width, is_ascii=is_ascii))
