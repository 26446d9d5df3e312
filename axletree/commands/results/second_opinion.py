"""`explain --engine pip-compile`: pip-tools beside the exact engine."""

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from axletree.builder.errors import BuildRequirementsError
from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.builder.interpreters.pip_tools import (
    REQUIREMENTS,
    PipToolsFinder,
)
from axletree.builder.jobs.stored import stored_wheels
from axletree.commands.options.shared import SourceOptions
from axletree.commands.results.no_solution import NO_SOLUTION
from axletree.commands.sources.named import settings_for
from axletree.commands.sources.opened import Opened
from axletree.console import Console
from axletree.environ import process_environment
from axletree.house_place import HousePlace
from axletree.progress import Progress
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.question import Limits, Question
from axletree.resolver.queries.comparison import (
    Comparison,
    comparison_text,
    comparison_to_json,
)
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.errors import NoWheelhouseError
from axletree.wheelhouse.opinions.pip_compile import (
    PipCompile,
    PipTools,
    check_platform,
)
from axletree.wheelhouse.opinions.shown_index import ShownIndex
from axletree.wheelhouse.policy.effects import seen_under
from axletree.wheelhouse.policy.reading import policy_today


def ask_both(
    console: Console,
    question: Question,
    *,
    source: SourceOptions,
    opened: Opened,
    progress: Progress,
) -> int:
    """Ask pip-compile and the exact engine, and show whether they agree.

    :raises ForeignPlatformError: the question is for another platform.
    :raises PipToolsMissingError: there is no pip-tools for that Python.
    :raises PipCompileFailedError: pip-compile ends without an answer.
    """
    check_platform(question.environment)
    progress.step("looking for pip-tools")
    tools = _find_tools(question.environment, source, opened)
    universe = MemoUniverse(opened.universe)
    resolver = Resolver(universe, reporter=progress)
    exact = resolver.answer(question)
    progress.step(f"asking {tools.versions}")
    asking = PipCompile(tools=tools, environ=process_environment())
    opinion = asking.ask(question, ShownIndex(universe, question))
    is_resolved = opinion.outcome == "resolved"
    comparison = Comparison(
        environment=question.environment,
        opinion=opinion,
        exact=exact,
        objections=resolver.objections(question, opinion.pins) if is_resolved else (),
        notes=tuple(_notes(question, tools)),
    )
    return _show(console, comparison)


def _find_tools(
    environment: Environment, source: SourceOptions, opened: Opened
) -> PipTools:
    settings, environ = settings_for(source), process_environment()
    supply = _Supply(opened=opened, environment=environment, place=settings.place)
    with tempfile.TemporaryDirectory(prefix="axletree-") as name:
        finder = PipToolsFinder(
            environ=environ,
            at_hand=tuple(_at_hand(environ)),
            folder=settings.cache_dir / "pip-tools",
            bring=lambda: supply.bring(Path(name)),
        )
        return finder.find(environment.python_version, refresh=source.refresh)


def _at_hand(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the Pythons that are asked first: the active environment's, and ours."""
    active = environ.get("VIRTUAL_ENV")
    if active:
        yield Path(active, "bin", "python")
    yield Path(sys.executable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Supply:
    """Where the wheels of pip-tools come from."""

    opened: Opened
    environment: Environment
    place: HousePlace
    """The wheelhouse, if there is one."""

    def bring(self, folder: Path) -> Sequence[Path]:
        """Bring them from the indexes that are asked, else from the wheelhouse.

        :raises BuildRequirementsError: neither has them.
        """
        asked = self.opened.build_requirements
        if asked is None:
            return self._from_wheelhouse(folder)
        # As of today, whatever day the question is as of.
        today = ResolvedBuildRequirements(universe=asked.universe, fetch=asked.fetch)
        try:
            return today.provide(REQUIREMENTS, self.environment)
        except BuildRequirementsError:
            return self._from_wheelhouse(folder)

    def _from_wheelhouse(self, folder: Path) -> Sequence[Path]:
        try:
            house = Wheelhouse.open_to_read(self.place)
        except NoWheelhouseError as error:
            raise BuildRequirementsError(error.what, where=str(self.place)) from error
        with house:
            policy = policy_today(house)
            kept = ResolvedBuildRequirements(
                universe=seen_under(WheelhouseUniverse(house), policy),
                fetch=stored_wheels(house, folder),
                limits=Limits(policy=policy),
            )
            return kept.provide(REQUIREMENTS, self.environment)


def _show(console: Console, comparison: Comparison) -> int:
    """Show both; the exit code says whether both have found a solution."""
    if console.is_json:
        console.document(comparison_to_json(comparison))
    else:
        console.result(comparison_text(comparison))
        console.notes(comparison.notes)
    return 0 if comparison.is_solvable else NO_SOLUTION


def _notes(question: Question, tools: PipTools) -> list[str]:
    wanted = question.environment.python_version
    ran = tools.versions.python
    notes = []
    if wanted.count(".") > 1 and ran != wanted:
        notes.append(f"pip-compile ran on Python {ran}: there is no {wanted} here")
    if question.changes:
        notes.append("pip-compile was shown requirements as you changed them")
    return notes
