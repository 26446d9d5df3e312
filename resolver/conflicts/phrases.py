"""The phrases that facts are made of, from texts.

Like `axletree.resolver.universe.tables`, this imports next to nothing: quick explanations
say the same.
"""

from __future__ import annotations

from axletree.resolver.universe.tables import EMPTY

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from axletree.resolver.universe.tables import Project, Tables

MOST_DEMANDS = 4
"""Different demands of one edge that are spelled out in its sentence."""

MOST_RUNS = 6
"""Runs of versions of one fact that are spelled out in its sentence."""

MOST_LEFT_OUT = 5
"""Files left out of a page that one sentence names."""

HERE = "in the package source"
"""For whoever knows no name of what is asked; those who do put it in its place."""

REASON_LABELS: Mapping[str, str] = {
    "tag": "has a wheel for this target",
    "requires-python": "fits this Python",
    "no-time": "has an upload time",
    "binary-policy": "allowed by the binary options",
    "hash": "has a hash that you give",
    "policy": "allowed by policy",
    "metadata": "has valid metadata",
    "pre-release": "final release",
    "yanked": "not yanked",
}


def who_constrains(*, is_base: bool) -> str:
    """Begin the sentence of a constraint."""
    return "the base pins" if is_base else "you constrain"


def no_such_version(demand: str, newest: str | None, day: str = "") -> str:
    """End the sentence about a requirement that names no version there is.

    :param day: the last that counts; what there is later is not told from what never is.
    """
    when, is_ = (f"as of {day} ", "then was") if day else ("", "is")
    # A wheelhouse or a folder has few of the versions that there are in the world.
    what = demand if day and demand else "such version here"
    behind = "" if newest is None else f"; the newest {is_} {newest}"
    return f", but {when}there is no {what}{behind}"


NEVER_MET = ", which contradicts itself: no version can meet it"
"""Ends the sentence about a requirement that is empty by itself."""


def contradicts_itself(specifier: str, tables: Tables, page: Project | None) -> bool:
    """Tell whether a requirement is empty, whatever there is.

    :param page: of the project, beside which tables keep it; None: there is none.
    """
    if "," not in specifier:
        return False
    if page is not None:
        return tables.verdict(page, EMPTY, specifier)
    # Late: few requirements are in doubt.
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415

    from axletree.resolver.inputs.empty_specifiers import is_empty  # noqa: PLC0415

    return is_empty(SpecifierSet(specifier))


def out_of_reach(target: str, versions: Sequence[str]) -> str:
    """End the sentence of an edge whose target has none of the versions wanted."""
    return f", but there is only {target} {version_span(versions)}"


def left_out(files: Sequence[tuple[str, str]]) -> str:
    """End a sentence that says there is nothing with what was left out, and why."""
    if not files:
        return ""
    shown = [f"{name} ({reason})" for name, reason in files[:MOST_LEFT_OUT]]
    if len(files) > MOST_LEFT_OUT:
        shown.append(f"{len(files) - MOST_LEFT_OUT} more")
    return f"; left out of its page: {', '.join(shown)}"


def not_asked(indexes: Sequence[str]) -> str:
    """End a sentence about a project that is taken from the first index alone."""
    if not indexes:
        return ""
    others = " and ".join(indexes)
    verb = "was" if len(indexes) == 1 else "were"
    return f"; {others} {verb} not asked, since an index before has it"


def requires(who: str, runs: Sequence[Sequence[str]], demand: str) -> str:
    """Say what releases require: `kfserving 0.6.1 requires kubernetes>=12.0.0`."""
    verb = "requires" if sum(map(len, runs)) == 1 else "require"
    return f"{who} {span_text(runs, MOST_RUNS)} {verb} {demand}"


def edge_label(project: str, runs: Sequence[Sequence[str]], demand: str) -> str:
    """Name an edge's row in the picture."""
    return f"{project} {span_text(runs, MOST_RUNS)}: {demand}"


def absence(project: str, *, is_known: bool, day: str = "") -> str:
    """Say that there is nothing of a project, perhaps as of a day."""
    if is_known:
        return f"{project} has no distribution files"
    when = f"as of {day} " if day else ""
    return f"{when}there is no project named {project} {HERE}"


def did_you_mean(names: Sequence[str]) -> str:
    """End the sentence about a project that there is not."""
    return f"; did you mean {' or '.join(names)}?" if names else ""


def one_of(texts: Sequence[str]) -> str:
    """Join alternatives: `>=3.9, >=3.10 or >=3.11`; none may look like a part of one."""
    *most, last = texts
    if not most or any("," in text for text in texts):
        return " or ".join(texts)
    return f"{', '.join(most)} or {last}"


def demand_text(target: str, texts: Sequence[str]) -> str:
    """Spell what an edge demands, or how that changes if it does so too often."""
    if len(texts) <= MOST_DEMANDS:
        return " or ".join(texts)
    return f"{target}, each another version ({texts[-1]} … {texts[0]})"


def version_span(versions: Sequence[str]) -> str:
    """Name versions, which come newest first."""
    return span_text([versions])


def span_text(runs: Sequence[Sequence[str]], most: int | None = None) -> str:
    """Name versions in runs: the oldest run first, in each the newest version.

    :param most: runs, or versions apart, that are spelled out.
    """
    parts: list[tuple[str, int]] = []
    for run in runs:
        if len(run) > 2:
            span = f"{run[-1]} … {run[0]} ({len(run)} versions)"
            parts.append((span, len(run)))
        else:
            parts += ((version, 1) for version in reversed(run))
    if most is not None and len(parts) > most:
        rest = sum(count for _, count in parts[most - 1 :])
        parts[most - 1 :] = [(f"{rest} more up to {runs[-1][0]}", rest)]
    texts = [text for text, _ in parts]
    *before, last = texts or ["(no version)"]
    return f"{', '.join(before)} and {last}" if before else last
