"""What cannot be read, explained beside what else is in conflict."""

from dataclasses import replace

from axletree.commands.results.unread import resolve_or_explain
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import FileMetadata, UnusableMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from tests.support.answers import name
from tests.support.sdist_index import SDIST, WHEEL, Index, make

REFUSED = UnusableMetadata(kind="backend", reason="setup.py says no")


def test_what_cannot_be_read_is_a_conflict_of_its_own_beside_the_others() -> None:
    wheels = [
        replace(
            make(WHEEL, version, 1), project=name(project), filename=safe_name(file)
        )
        for project, version in (("tool", "1"), ("dep", "1"), ("dep", "2"))
        for file in [f"{project}-{version}-py3-none-any.whl"]
    ]
    answers: dict[str, MetadataAnswer] = {
        "app-1.tar.gz": REFUSED,
        "tool-1-py3-none-any.whl": FileMetadata(requires_dist=("dep<2",)),
    }
    lines = ("app==1", "dep==2", "tool==1")
    question = ask(list(map(parse_requirement, lines)), environment_for("3.9", "linux"))
    resolver = Resolver(MemoUniverse(Index([make(SDIST, "1", 1), *wheels], answers)))

    refusal = resolve_or_explain(resolver, question)

    assert isinstance(refusal, Refusal)
    told = {fact.text for core in refusal.conflict.conflicts for fact in core.facts}
    assert told >= {"tool 1 requires dep<2", "you require dep==2", "you require app==1"}
    assert any("setup.py says no" in text for text in told)
