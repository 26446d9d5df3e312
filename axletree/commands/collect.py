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
from axletree.commands.refusing import NO_SOLUTION, show_core
from axletree.commands.sources import (
    Opened,
    first_index,
    open_universe,
    settings_for,
    strategy_of,
)
from axletree.console import Console, Progress
from axletree.resolver.json_form import JsonObject
from axletree.resolver.knowledge import MemoUniverse
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe import UndemandingUniverse
from axletree.wheelhouse.collect import (
    Collected,
    Collector,
    collection_key,
    finished_collection,
)
from axletree.wheelhouse.house import Wheelhouse
from axletree.wheelhouse.model import Collection


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
@click.option(
    "--no-deps", is_flag=True, help="Bring just what is named, not what it requires."
)
@output_options
@click.pass_obj
def collect(
    words: tuple[str, ...],
    /,
    *,
    recipes: Path | None,
    no_deps: bool,
    as_json: bool,
    verbose: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Bring all that requirements need into the wheelhouse."""
    console = Console(is_json=as_json, verbosity=verbose)
    inputs, target, source = take(options)
    asked = ask_from(inputs, target)
    if source.universe is not None:
        raise click.UsageError(
            "collect brings files, and a snapshot (--universe) has none: "
            "name an index with --index-url"
        )
    settings = settings_for(source)
    if first_index(source, asked, settings) is None:
        words, source = (*words, "-i", "public"), replace(source, index_url="public")
    wanted = load_recipes(recipes) if recipes is not None else ()
    needs = sorted({text for recipe in wanted for text in _needs(recipe)})
    key = collection_key(
        asked.question,
        needs,
        strategy_of(source, settings),
        is_closure=not no_deps,
    )
    with Wheelhouse.open(settings.home) as house:
        limit = asked.question.limits.exclude_newer
        finished = finished_collection(house, key, limit)
        if finished is not None:
            _show(console, house, Collected(collection=finished))
            return 0
        with (
            console.progress() as progress,
            open_universe(source, asked, progress) as opened,
        ):
            seen = _undemanding(opened) if no_deps else opened
            outcome = _collect(house, seen, asked, (key, needs), progress)
        if isinstance(outcome, Refusal):
            show_core(console, outcome.conflict, words)
            return NO_SOLUTION
        _show(console, house, outcome)
    return 0


def _undemanding(opened: Opened) -> Opened:
    return replace(opened, universe=UndemandingUniverse(base=opened.universe))


def _needs(recipe: Recipe) -> tuple[str, ...]:
    return (*DEFAULT_REQUIRES, *recipe.requires)


def _collect(
    house: Wheelhouse,
    opened: Opened,
    asked: Asked,
    key_and_needs: tuple[str, list[str]],
    progress: Progress,
) -> Collected | Refusal:
    downloads, builder = opened.downloads, opened.builder
    requirements = opened.build_requirements
    if downloads is None or builder is None or requirements is None:
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
        downloads=downloads,
        builder=builder,
        for_builds=requirements,
        reporter=progress,
        is_closure=not isinstance(opened.universe, UndemandingUniverse),
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
    done = {"new": collected.new, "repaired": collected.repaired}
    counts = [f"{len(files)} {how}" for how, files in done.items() if files]
    what = f"{', '.join(counts)} of" if counts else "nothing to do: all"
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
        "repaired": [file.filename for file in collected.repaired],
        "built": list(collected.built),
        "notes": list(collected.notes),
    }
