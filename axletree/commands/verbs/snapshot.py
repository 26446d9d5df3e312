"""`axletree snapshot`: what a resolution chooses from, as one JSON file."""

import gzip
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import orjson

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.question import Asked, ask_from
from axletree.commands.options.shared import SourceOptions, take
from axletree.commands.results.remedies import (
    Remedies,
    RepairSearch,
    future_wheels,
)
from axletree.commands.results.unread import resolve_or_explain
from axletree.commands.sources.named import notes_on
from axletree.commands.sources.opening import open_universe
from axletree.commands.sources.policed import under_policy
from axletree.console import Console
from axletree.reading import is_stdout
from axletree.resolver.model.limits import Policy
from axletree.resolver.model.spelling import counted
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.addressed import without_addressed
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import recording_to_json
from axletree.resolver.universe.sparing import SparingUniverse
from axletree.wheelhouse.policy.effects import AllowedUniverse
from axletree.wheelhouse.store.atomic import write_atomically


@click.command(cls=VerbCommand)
@options_of("snapshot")
def snapshot(
    *,
    recipes: Path | None,
    output_file: Path | None,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Save all that an answer was made from as JSON, for bug reports and tests.

    Over the snapshot the same question has the same answer, anywhere: the same lock,
    or the same explanation with its repairs.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    inputs, target, source = take(options)
    asked = under_policy(ask_from(inputs, target, InputFiles()), source)
    console.notes(notes_on(source, asked))
    universe = _record(console, source, asked, Remedies(wheels=future_wheels(recipes)))
    # What stands at an address is asked for there again.
    answers = {
        str(file.filename): answer
        for file, answer in universe.metadata_of.items()
        if file.address is None
    }
    pages = {name: without_addressed(page) for name, page in universe.page_of.items()}
    document = recording_to_json(pages, answers, is_frozen=universe.is_frozen)
    raw = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    if output_file is None or is_stdout(output_file):
        console.result(raw.decode() + "\n")
        return 0
    is_packed = output_file.suffix == ".gz"
    write_atomically(output_file, gzip.compress(raw, mtime=0) if is_packed else raw)
    projects = len(universe.page_of)
    console.say(f"wrote {counted(projects, 'project')} to {output_file}")
    if console.is_json:
        console.document(
            {
                "format": "axletree.snapshot/1",
                "file": str(output_file),
                "projects": projects,
            }
        )
    return 0


def _record(
    console: Console, source: SourceOptions, asked: Asked, remedies: Remedies
) -> MemoUniverse:
    """Answer a question, with its repairs if there is none; return what was read."""
    question = asked.question
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
    ):
        # Nobody is asked for a policy over a snapshot: it has what is allowed.
        allowed = AllowedUniverse(base=opened.universe, policy=question.limits.policy)
        question = replace(question, limits=replace(question.limits, policy=Policy()))
        # What is spared is known to be so, and is spared again.
        universe = MemoUniverse(allowed)
        spared = SparingUniverse(universe, opened.allowance)
        memo = MemoUniverse(spared)
        resolver = Resolver(memo, reporter=progress)
        answer = resolve_or_explain(resolver, question)
        if isinstance(answer, Refusal):
            # A snapshot has one answer for each file, so nothing is turned here.
            search = RepairSearch(
                universe=memo,
                spared=spared,
                question=question,
                refusal=answer,
                remedies=remedies,
                reporter=progress,
            )
            deque(search.find(), maxlen=0)
            search.ask_pip()
    if allowed.left_out:
        count = counted(len(allowed.left_out), "file")
        console.notes([f"the policy leaves {count} out of the snapshot"])
    return universe
