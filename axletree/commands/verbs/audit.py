"""`axletree audit`: what in a whole universe can never be installed, or together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click
from packaging.utils import NormalizedName

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.question import (
    Asked,
    limits_from,
    target_environments,
)
from axletree.commands.options.shared import take
from axletree.commands.sources.naming import SourceName
from axletree.commands.sources.opening import open_universe
from axletree.commands.sources.policed import under_policy
from axletree.console import Console
from axletree.resolver.audits.auditor import Auditor
from axletree.resolver.audits.findings import Audit
from axletree.resolver.audits.findings import audit as audit_universe
from axletree.resolver.inputs.requirements_files import ParsedInput
from axletree.resolver.model.question import ask
from axletree.resolver.reports.audit_text import (
    audit_report,
    audit_to_json,
)
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe, lists_projects

BROKEN = 1


@click.command(cls=VerbCommand)
@options_of("audit")
def audit(
    *,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Find releases that can never be installed, and projects that never go together."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    inputs, target, source = take(options)
    # An index that settings name is not meant: nobody has all of it at hand.
    parsed = ParsedInput(has_no_index=True)
    limits = limits_from(inputs, target, parsed)
    # What cannot be read here is a finding of its own, not a reason to stop.
    limits = replace(limits, skip_unbuildable=True)
    asked = Asked(
        questions=tuple(
            ask((), environment, limits=limits)
            for environment in target_environments(target)
        ),
        parsed=parsed,
    )
    asked = under_policy(asked, source)
    question = asked.question
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
    ):
        projects = _projects(opened.universe)
        auditor = Auditor(
            universe=MemoUniverse(opened.universe),
            environment=question.environment,
            limits=question.limits,
        )
        found = _told(audit_universe(auditor, projects), opened.name)
    _show(console, found)
    return 0 if found.is_sound else BROKEN


def _projects(universe: Universe) -> Sequence[NormalizedName]:
    listing = lists_projects(universe)
    if not universe.is_frozen or listing is None:
        message = (
            "an audit reads everything, which an index is too large for: audit the "
            "wheelhouse, a folder (--find-links) or a whole snapshot (--universe)"
        )
        raise click.UsageError(message)
    return listing.projects()


def _told(found: Audit, source: SourceName) -> Audit:
    """Name what was audited, where a fact says that something is not there."""
    return replace(
        found,
        broken=tuple(replace(e, core=source.told(e.core)) for e in found.broken),
        apart=tuple(replace(e, core=source.told(e.core)) for e in found.apart),
    )


def _show(console: Console, found: Audit) -> None:
    if console.is_json:
        console.document(audit_to_json(found))
        return
    lines = audit_report(
        found,
        shows_all=console.verbosity > 0,
        width=console.width,
        is_ascii=console.is_ascii,
    )
    console.report(lines)
