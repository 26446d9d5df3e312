"""Answers on tables, put as releases: in what order, and who asked for what."""

from axletree.resolver.engine.decisions import as_table, as_tables
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Limits, ask
from tests.support.answers import make_root, name
from tests.support.engine import decide
from tests.support.scenarios import load_scenario


def test_a_line_becomes_a_row() -> None:
    root = make_root("Big.App[Fast,all]>=2,<3", "r.in", 3)
    row = as_table(root, MarkerEvaluator(environment_for("3.9", "linux")))

    assert (row.name, row.extras) == ("big-app", ("all", "fast"))
    assert set(row.specifier.split(",")) == {">=2", "<3"}
    assert row.origin == Origin(file="r.in", line=3)


def test_a_question_becomes_rows() -> None:
    question = ask(
        [make_root("app")],
        environment_for("3.9", "linux"),
        constraints=[make_root("lib<2")],
        limits=Limits(allow_prereleases=True),
    )

    asked = as_tables(question, lead=name("app"))

    assert [root.name for root in asked.roots] == ["app"]
    assert [(limit.name, limit.specifier) for limit in asked.constraints] == [
        ("lib", "<2")
    ]
    assert asked.allow_prereleases
    assert asked.lead == "app"
    assert asked.kept == {}


def test_who_asked_for_a_project_is_told_in_order() -> None:
    decisions = decide(load_scenario("candidates/extras_grow_and_may_name_themselves"))

    for project, release in decisions.releases.items():
        assert release.project == project
    requested = {
        project: [str(who) for who in standing.requested_by]
        for project, standing in decisions.standings.items()
    }
    assert requested == {
        "tool": ["command line", "tool"],
        "late": ["command line"],
        "speed": ["tool", "late"],
        "turbo": ["speed"],
    }
    assert {p: list(s.extras) for p, s in decisions.standings.items() if s.extras} == {
        "tool": ["all", "nothing", "fast"],
        "speed": ["more"],
    }
