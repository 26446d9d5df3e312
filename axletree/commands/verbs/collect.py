"""`axletree collect`: the closure of requirements, brought into the wheelhouse."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click

from axletree.builder.hooks.build_system import DEFAULT_REQUIRES
from axletree.builder.recipes.recipe import (
    Recipe,
    load_recipes,
)
from axletree.commands.builds.collected import (
    CollectedBuilds,
    CollectedRequirements,
)
from axletree.commands.builds.recipe_wants import needs_of, pinned_by, sdists_of
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.question import (
    Asked,
    ask_from,
)
from axletree.commands.options.shared import SourceOptions, take
from axletree.commands.results.collected import show_collected, table_of
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
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.question import Question, addressed_lines
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse, UndemandingUniverse
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
    needs, strategy = needs_of(wanted), strategy_of(source, settings)
    wishes = [*needs, *pinned_by(wanted)]
    key = collection_key(asked.question, wishes, strategy, is_closure=not no_deps)
    console.notes(notes_on(source, asked))
    with open_to_fill(settings, console) as house:
        finished = _finished(house, key, asked.question)
        if finished is not None:
            show_collected(console, house, Collected(collection=finished))
            _say_for_whom(console, finished, asked)
            return 0
        with console.progress() as progress:
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
            run = _Run(console, source, asked, builds, key, wanted, is_unnamed, words)
            came = run.bring()
        return run.tell(*came)


class _Run(NamedTuple):
    """A collect that has something to do."""

    console: Console
    source: SourceOptions
    asked: Asked
    builds: CollectedBuilds
    key: str
    """What the collection is known by."""
    recipes: Sequence[Recipe]
    """Whose build requirements and sdists come as well."""
    is_unnamed: bool
    """No source was named: the public index is asked, and the user told so."""
    words: Sequence[str]
    """The command as it was typed."""

    def bring(self) -> tuple[Collected | Refusal, Opened, Sequence[Step]]:
        """Resolve, download and build.

        :returns: what came of it, where candidates came from, and what was meant where a
            name is nobody's.
        """
        house, asked, progress = self.builds.house, self.asked, self.builds.progress
        with open_universe(self.source, asked, progress, brings_files=True) as opened:
            if self.is_unnamed and not self.console.is_json:
                self.console.say(f"asking the public index: {opened.sources[0]}")
            has_folders = bool(folders_of(self.source, asked))
            seen = _known_here(opened, house, asked.question, has_folders=has_folders)
            extra = _Extra(
                self.key, needs_of(self.recipes), sdists_of(self.recipes, seen)
            )
            seen = seen if self.builds.is_closure else _undemanding(seen)
            with sets_heard(house, self.console), table_of(self.console, self.builds):
                outcome = _collect(seen, asked, extra, self.builds)
            # Names near to it are looked up where candidates come from.
            near: tuple[Step, ...] = ()
            if isinstance(outcome, Refusal):
                near = tuple(spelled_otherwise(outcome, self.words))
        return outcome, opened, near

    def tell(
        self, outcome: Collected | Refusal, opened: Opened, near: Sequence[Step]
    ) -> int:
        """Print what came of it, and give the exit code."""
        console, house = self.console, self.builds.house
        if not (self.is_unnamed or console.is_json):
            console.say(f"asked {' and '.join(opened.sources)}", style="dim")
        if isinstance(outcome, Refusal):
            show_cores(console, [outcome.conflict], self.words, opened.name, near)
            return exit_code([outcome.conflict])
        show_collected(console, house, outcome, opened.sources, self.builds.ended)
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


class _Extra(NamedTuple):
    """What a collect brings beside what is resolved, and what it is known by."""

    key: str
    needs: list[str]
    sdists: Sequence[DistributionFile]


def _collect(
    opened: Opened, asked: Asked, extra: "_Extra", builds: CollectedBuilds
) -> Collected | Refusal:
    house, progress = builds.house, builds.progress
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
    work_dir = builds.settings.cache_dir / "builds"
    with own_folder(work_dir / "scratch") as folder:
        for_builds = CollectedRequirements(
            resolved=requirements, house=house, folder=folder
        )
        collector = Collector(
            house=house,
            downloads=downloads,
            builder=builder,
            builds=builds,
            for_builds=for_builds,
            needs=needs,
            for_recipes=extra.sdists,
            reporter=progress,
            sources=opened.sources,
            pages=[page for page in pages.values() if page is not None],
            gate=builds.gate_of(house),
        )
        try:
            return collector.collect(answer, key=extra.key, question=asked.question)
        except KeyboardInterrupt as stop:
            raise InterruptionError(
                f"interrupted: {collector.kept}, and nothing is left half done",
                where=str(house.place),
                hint="the same command goes on with the rest",
            ) from stop


def _say_for_whom(console: Console, finished: Collection, asked: Asked) -> None:
    """Say so where what was collected before is not for every patch release."""
    if finished.environment != asked.question.environment.label:
        console.notes([f"this was collected for {finished.environment} only"])
