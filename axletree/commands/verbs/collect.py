"""`axletree collect`: the closure of requirements, brought into the wheelhouse."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.hooks.build_system import DEFAULT_REQUIRES
from axletree.builder.recipes.recipe import (
    Recipe,
    load_recipes,
)
from axletree.builder.recipes.source_table import SdistSource
from axletree.commands.builds.collected import (
    CollectedBuilds,
    CollectedRequirements,
)
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.question import (
    Asked,
    ask_from,
)
from axletree.commands.options.shared import SourceOptions, take
from axletree.commands.results.no_solution import (
    exit_code,
    show_cores,
    spelled_otherwise,
)
from axletree.commands.results.set_news import (
    gate_of,
    recheck_sets,
    sets_heard,
)
from axletree.commands.sources.house import open_to_fill
from axletree.commands.sources.named import (
    first_index,
    folders_of,
    notes_on,
    settings_for,
    strategy_of,
)
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.opening import open_universe
from axletree.commands.sources.policed import under_policy
from axletree.config import Settings
from axletree.console import Console, InterruptionError
from axletree.errors import Step
from axletree.progress import Progress
from axletree.reading import folder_of
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.file_names import below
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.resolver.model.question import Question, addressed_lines
from axletree.resolver.model.spelling import counted
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse, UndemandingUniverse
from axletree.sizes import size_words
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.collecting.collect import (
    Collected,
    Collector,
)
from axletree.wheelhouse.collecting.finished import (
    collection_key,
    finished_collection,
)
from axletree.wheelhouse.collecting.known_here import known_here
from axletree.wheelhouse.model import Collection
from axletree.wheelhouse.policy.effects import seen_under
from axletree.wheelhouse.store.scratch import own_folder

if TYPE_CHECKING:
    from axletree.builder.running.doing import Ended


@click.command(cls=VerbCommand)
@options_of("collect")
@click.pass_obj
def collect(  # noqa: PLR0913  one parameter for each option
    words: tuple[str, ...],
    /,
    *,
    recipes: Path | None,
    no_deps: bool,
    jobs: int | None,
    gate: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Download all that requirements need into the wheelhouse."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    inputs, target, source = take(options)
    asked = ask_from(inputs, target, InputFiles())
    settings = settings_for(source)
    is_unnamed = _names_no_source(source, asked, settings)
    if is_unnamed:
        words, source = (*words, "-i", "public"), replace(source, index_url="public")
    asked = under_policy(asked, source, reads_index=True)
    wanted = load_recipes(recipes) if recipes is not None else ()
    needs, strategy = _needs(wanted), strategy_of(source, settings)
    wishes = [*needs, *_pinned(wanted)]
    key = collection_key(asked.question, wishes, strategy, is_closure=not no_deps)
    console.notes(notes_on(source, asked))
    with open_to_fill(settings, console) as house:
        finished = _finished(house, key, asked.question)
        if finished is not None:
            _show(console, house, Collected(collection=finished))
            _say_for_whom(console, finished, asked)
            return 0
        with (
            console.progress() as progress,
            open_universe(source, asked, progress, brings_files=True) as opened,
        ):
            if is_unnamed and not console.is_json:
                console.say(f"asking the public index: {opened.sources[0]}")
            has_folders = bool(folders_of(source, asked))
            seen = _known_here(opened, house, asked.question, has_folders=has_folders)
            files = _sdists_of(wanted, seen)
            seen = _undemanding(seen) if no_deps else seen
            builds = CollectedBuilds(
                settings=settings,
                house=house,
                progress=progress,
                isolation=source.isolation,
                changes=asked.question.changes,
                is_closure=not no_deps,
                gate_of=partial(gate_of, is_wanted=gate),
                jobs=jobs,
            )
            extra = _Extra(key, needs, files, builds)
            with sets_heard(house, console), _table_of(console, builds):
                outcome = _collect(house, seen, asked, extra, progress)
            near: tuple[Step, ...] = ()
            if isinstance(outcome, Refusal):
                near = tuple(spelled_otherwise(outcome, words))
        if not (is_unnamed or console.is_json):
            console.say(f"asked {' and '.join(opened.sources)}", style="dim")
        if isinstance(outcome, Refusal):
            show_cores(console, [outcome.conflict], words, opened.name, near)
            return exit_code([outcome.conflict])
        _show(console, house, outcome, opened.sources, builds.ended)
        recheck_sets(house, console)
    return 0


def _finished(house: Wheelhouse, key: str, question: Question) -> Collection | None:
    """Find what was collected before, and is all that is wanted now."""
    if addressed_lines(question):
        # What stands at an address may be another today.
        return None
    return finished_collection(house, key, question.limits.exclude_newer)


def _names_no_source(source: SourceOptions, asked: Asked, settings: Settings) -> bool:
    """Tell whether the public index is what is left to ask.

    :raises click.UsageError: it was ruled out.
    """
    if source.find_links or asked.parsed.find_links:
        return False
    if first_index(source, asked, settings) is not None:
        return False
    if asked.parsed.has_no_index:
        raise click.UsageError(
            "--no-index leaves nothing to collect from: name a folder with --find-links"
        )
    return True


def _known_here(
    opened: Opened, house: Wheelhouse, question: Question, *, has_folders: bool
) -> Opened:
    """Choose nothing that was withdrawn here, and of reserved names what is here."""
    requirements = opened.build_requirements
    if requirements is not None:
        requirements.universe = known_here(requirements.universe, house)
    policy = question.limits.policy
    universe = known_here(
        opened.universe, house, policy.reserved, has_folders=has_folders
    )
    return replace(opened, universe=seen_under(universe, policy))


def _undemanding(opened: Opened) -> Opened:
    return replace(opened, universe=UndemandingUniverse(base=opened.universe))


def _pinned(recipes: Sequence[Recipe]) -> list[str]:
    """List the hashes of the sdists that recipes name."""
    sources = (recipe.source for recipe in recipes)
    return [each.sha256 for each in sources if isinstance(each, SdistSource)]


def _needs(recipes: Sequence[Recipe]) -> list[str]:
    builds = [recipe.build for recipe in recipes]
    needs = (each for build in builds for each in (*build.requires, *build.constraints))
    return sorted({*needs, *DEFAULT_REQUIRES}) if recipes else []


class _Extra(NamedTuple):
    """What a collect brings beside what is resolved, and what it is known by."""

    key: str
    needs: list[str]
    sdists: Sequence[DistributionFile]
    builds: CollectedBuilds


def _sdists_of(recipes: Sequence[Recipe], opened: Opened) -> list[DistributionFile]:
    """Find the sdists that recipes pin, where they are not beside them.

    :raises InvalidRecipeError: none of the sources has it.
    """
    found = []
    for recipe in recipes:
        source = recipe.source
        if not isinstance(source, SdistSource):
            continue
        if below(Path(folder_of(recipe.path)), source.filename).is_file():
            continue
        page = opened.universe.pages([recipe.project])[recipe.project]
        files = page.files if page is not None else ()
        same = [file for file in files if file.hashes.get("sha256") == source.sha256]
        if not same:
            raise InvalidRecipeError(
                f"the sdist {source.filename} that the recipe pins is not beside it, "
                f"and {' and '.join(opened.sources)} has none of that hash",
                where=str(recipe.path),
                hint="name an index that has it, or put it beside the recipe",
            )
        found.append(same[0])
    return found


def _collect(
    house: Wheelhouse,
    opened: Opened,
    asked: Asked,
    extra: "_Extra",
    progress: Progress,
) -> Collected | Refusal:
    downloads, builder = opened.downloads, opened.builder
    requirements = opened.build_requirements
    if downloads is None or builder is None or requirements is None:
        raise click.UsageError(
            "collect downloads files from an index: name one with --index-url"
        )
    needs = extra.needs
    universe = MemoUniverse(opened.universe)
    answer = Resolver(universe, reporter=progress).resolve(
        asked.question, is_brief=True
    )
    if isinstance(answer, Refusal):
        return replace(answer, conflict=opened.told(answer.conflict))
    if any(pin.file.kind == "sdist" for pin in answer.pins):
        needs = sorted({*needs, *DEFAULT_REQUIRES})
    pages = universe.pages([pin.name for pin in answer.pins if not pin.file.address])
    work_dir = extra.builds.settings.cache_dir / "builds"
    with own_folder(work_dir / "scratch") as folder:
        for_builds = CollectedRequirements(
            resolved=requirements, house=house, folder=folder
        )
        collector = Collector(
            house=house,
            downloads=downloads,
            builder=builder,
            builds=extra.builds,
            for_builds=for_builds,
            needs=needs,
            for_recipes=extra.sdists,
            reporter=progress,
            sources=opened.sources,
            pages=[page for page in pages.values() if page is not None],
            gate=extra.builds.gate_of(house),
        )
        try:
            return collector.collect(answer, key=extra.key, question=asked.question)
        except KeyboardInterrupt as stop:
            raise InterruptionError(
                f"interrupted: {collector.kept}, and nothing is left half done",
                where=str(house.place),
                hint="the same command goes on with the rest",
            ) from stop


@contextmanager
def _table_of(console: Console, builds: CollectedBuilds) -> Iterator[None]:
    """Print what came of builds, where there were several, however it ends."""
    try:
        yield
    finally:
        if len(builds.ended) > 1 and not console.is_json:
            from axletree.commands.results.built import show_all  # noqa: PLC0415  late

            show_all(console, builds.ended)


def _show(
    console: Console,
    house: Wheelhouse,
    collected: Collected,
    sources: Sequence[str] = (),
    ended: "Sequence[Ended]" = (),
) -> None:
    collection = collected.collection
    size = sum(_size(house, name) for name in collection.filenames)
    if console.is_json:
        jobs = _rows(ended)
        said = _to_json(collected, size)
        console.document({**said, "jobs": jobs, "sources": list(sources)})
        return
    console.notes(collected.answer_notes)
    for note in collected.notes:
        console.detail(f"note: {note}")
    count = len(collection.filenames)
    done = {"new": collected.new, "repaired": collected.repaired}
    counts = [f"{len(files)} {how}" for how, files in done.items() if files]
    what = f"{', '.join(counts)} of" if counts else "nothing to do: all"
    built = f", {len(collected.built)} built from sdists" if collected.built else ""
    are = "is" if count == 1 else "are"
    console.result(
        f"{what} {counted(count, 'file')} ({size_words(size)}) {are} in the wheelhouse{built}; "
        f"{counted(len(collection.pins), 'project')}, generation {house.generation()}\n"
    )


def _rows(ended: "Sequence[Ended]") -> Json:
    if not ended:
        return []
    from axletree.commands.results.built import row_json  # noqa: PLC0415  late

    return [row_json(each) for each in ended]


def _say_for_whom(console: Console, finished: Collection, asked: Asked) -> None:
    """Say so where what was collected before is not for every patch release."""
    if finished.environment != asked.question.environment.label:
        console.notes([f"this was collected for {finished.environment} only"])


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
        "notes": [*collected.answer_notes, *collected.notes],
    }
