"""Which extras and groups of the user's own project an answer's releases are needed for.

An answer is resolved with all of them at once; an installer takes some. What a release
requires hangs on one thing at a time (the release, or one extra of it), so that the
releases needed for several parts are those needed for one of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import Part, joined_parts
from axletree.resolver.universe.dependencies import ParsedLine
from axletree.resolver.universe.knowledge import Knowledge

_Node: TypeAlias = tuple[NormalizedName, NormalizedName | None]
"""A project, and an extra of it or None."""
_Parts: TypeAlias = frozenset[Part]


def wanted_parts(
    question: Question, knowledge: Knowledge, decisions: Decisions
) -> Mapping[NormalizedName, _Parts]:
    """Name the parts that each release is needed for; those always needed are left out."""
    if not any(root.parts for root in question.roots):
        return {}
    found: dict[_Node, _Parts] = {}
    waiting: list[tuple[_Node, _Parts]] = []
    for root in question.roots:
        requirement = root.requirement
        name = canonicalize_name(requirement.name)
        extras = map(canonicalize_name, requirement.extras)
        waiting += [(node, root.parts) for node in _nodes(name, extras)]
    while waiting:
        node, parts = waiting.pop()
        known = found.get(node)
        joined = parts if known is None else joined_parts([known, parts])
        if joined == known:
            continue
        found[node] = joined
        for line in _lines(node, knowledge, decisions):
            waiting += [(n, joined) for n in _nodes(line.target, line.extras)]
    return {
        name: parts for (name, extra), parts in found.items() if not extra and parts
    }


def _nodes(name: NormalizedName, extras: Iterable[NormalizedName]) -> Iterator[_Node]:
    yield (name, None)
    yield from ((name, extra) for extra in extras)


def _lines(
    node: _Node, knowledge: Knowledge, decisions: Decisions
) -> tuple[ParsedLine, ...]:
    name, extra = node
    release = decisions.releases.get(name)
    if release is None:
        return ()
    dependencies = knowledge.dependencies[release]
    return dependencies.lines() if extra is None else dependencies.extra_lines(extra)
