"""The conflict of a scenario, and what is expected of it."""

from axletree.resolver.model.facts import Core, Evidence
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.protocol import Universe
from tests.support.scenarios import Scenario, load_scenario


def refuse(scenario: Scenario, universe: Universe | None = None) -> Refusal:
    """Refuse a scenario's question, perhaps over another universe."""
    memo = MemoUniverse(universe or scenario.universe)
    refusal = Resolver(memo).resolve(scenario.question)
    assert isinstance(refusal, Refusal)
    return refusal


def first_core(name: str) -> Core:
    """Return the first conflict of a scenario, in words."""
    return refuse(load_scenario(name)).conflict.conflicts[0]


def evidence_of(core: Core) -> tuple[str, ...]:
    """Spell the evidence of each fact, one after the other."""
    return tuple(_spell(each) for fact in core.facts for each in fact.evidence)


def _spell(evidence: Evidence) -> str:
    line = "" if evidence.line is None else f", line {evidence.line}"
    what = f": {evidence.field}" if evidence.field else ""
    match evidence.kind:
        case "metadata":
            return f"METADATA of {evidence.filename}{what}"
        case "index-page":
            return f"page of {evidence.project}{what}"
        case _:
            return f"{evidence.file}{line}{what}"


def picture_of(core: Core) -> tuple[str, ...]:
    """Spell the picture: a line of versions, and who allows (X) which of them."""
    if core.picture is None:
        return ()
    head = " ".join((core.picture.project, *core.picture.versions))
    rows = (
        f"{''.join('.X'[is_in] for is_in in row.allowed)} {row.label}"
        for row in core.picture.rows
    )
    return (head, *rows)
