"""Who asked for a project, and why it is not newer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from axletree.resolver.inputs.override_files import parse_overrides
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import (
    Counters,
    Resolution,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.errors import NotInAnswerError
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import (
    Limits,
    ask,
)
from axletree.resolver.queries.why import (
    Asker,
    Why,
)
from axletree.resolver.reports.lines import to_text
from axletree.resolver.reports.why_json import why_to_json
from axletree.resolver.reports.why_text import why_report
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json
from tests.support.command_line import snapshot_file, snapshot_of
from tests.support.corpus import recorded_question, recorded_universe
from tests.support.schemas import validate

Releases = Mapping[str, Sequence[str]]
CHAIN = {
    "app 1": ["middle", "library>=1"],
    "middle 1": ["library<3"],
    "library 3": [],
    "library 2": [],
}
TRADE = {
    "first 2": ["shared==1"],
    "first 1": ["shared>=1"],
    "second 2": ["shared==2"],
    "second 1": [],
    "shared 2": [],
    "shared 1": [],
}


def why(
    releases: Releases,
    roots: Sequence[str],
    project: str,
    limits: Limits | None = None,
    **files: Sequence[JsonObject],
) -> Why:
    question = ask(
        map(parse_requirement, roots), environment_for("3.9", "linux"), limits=limits
    )
    resolver = Resolver(
        MemoUniverse(universe_from_json(snapshot_of(releases, **files)))
    )
    answer = resolver.resolve(question)
    assert isinstance(answer, Resolution)
    found = Asker(resolver, question, answer).why(project)
    validate(why_to_json(found, Counters()), "why")
    return found


def said(found: Why) -> str:
    return " ".join(to_text(why_report(found)).split())


def test_every_requirement_on_it_is_listed_the_shortest_way_first() -> None:
    found = why(CHAIN, ["app"], "library")

    assert [[link.text for link in chain.links] for chain in found.chains] == [
        ["you require app", "app 1 requires library>=1"],
        ["you require app", "app 1 requires middle", "middle 1 requires library<3"],
    ]


def test_a_requirement_of_the_user_is_a_chain_of_one() -> None:
    found = why(CHAIN, ["app", "library"], "Library")

    assert [link.text for link in found.chains[0].links] == ["you require library"]
    assert len(found.chains) == 3


def test_a_cycle_has_chains_that_end() -> None:
    ring = {"app 1": ["one"], "one 1": ["two"], "two 1": ["one"]}

    found = why(ring, ["app"], "one")

    assert [chain.links[-1].text for chain in found.chains] == [
        "app 1 requires one",
        "two 1 requires one",
    ]


def test_lines_of_an_extra_that_was_asked_for_count() -> None:
    app = snapshot_file("app", "1", ["library; extra == 'more'"])
    app["metadata"] = {
        "requires_dist": ["library; extra == 'more'"],
        "provides_extra": ["more"],
    }

    found = why({"library 1": []}, ["app[more]"], "library", app=[app])

    [chain] = found.chains
    assert chain.links[-1].text == "app 1 requires library"


def test_facts_hold_a_newer_one_back_and_the_edit_that_frees_it_is_proved() -> None:
    releases = {**CHAIN, "app 2": ["library>=1"]}

    found = why(releases, ["app==1"], "library")

    newer = found.newer
    assert (newer.verdict, newer.version) == ("held-back", "3")
    assert newer.core is not None
    assert [fact.text for fact in newer.core.facts] == [
        "you require app==1",
        "app 1 requires middle",
        "middle 1 requires library<3",
    ]
    [repair] = newer.repairs
    assert repair.changes == ("app==2",)
    pins = {pin.name: str(pin.version) for pin in repair.resolution.pins}
    assert pins == {"app": "2", "library": "3"}
    assert "What allows it" in said(found)


def test_nothing_frees_what_every_version_holds_back() -> None:
    found = why(CHAIN, ["app==1"], "library")

    assert (found.newer.verdict, found.newer.repairs) == ("held-back", ())
    assert "No other version of a requirement was found that allows it." in said(found)


def test_a_requirement_on_it_alone_is_relaxed() -> None:
    found = why(CHAIN, ["library<3"], "library")

    assert found.newer.core is not None
    assert [f.text for f in found.newer.core.facts] == ["you require library<3"]
    assert [repair.changes for repair in found.newer.repairs] == [("library==3",)]


def test_the_rule_passed_a_newer_one_over() -> None:
    found = why(TRADE, ["first", "second"], "second")

    newer = found.newer
    assert (newer.verdict, newer.version) == ("passed-over", "2")
    assert [(c.change, c.name, str(c.after)) for c in newer.changes] == [
        ("down", "first", "1"),
        ("up", "shared", "2"),
    ]
    text = said(found)
    assert "would then be older: older first 2 -> 1" in text
    assert "1 pin would change: shared" in text


@pytest.mark.parametrize("overrides", [["c==2"], ["c==2", "a:c<3"]])
def test_an_override_of_its_project_holds_it_back(overrides: Sequence[str]) -> None:
    releases = {"a 2": ["c"], "a 1": [], "c 3": [], "c 2": []}

    newer = why_overridden(releases, overrides).newer

    assert newer.verdict == "held-back"
    assert newer.core is not None
    said = "you constrain c==2 (by your override, command line)"
    assert [fact.text for fact in newer.core.facts] == [said]
    assert not newer.repairs


def test_an_override_for_one_requirer_may_allow_what_that_for_all_does_not() -> None:
    releases = {"a 2": ["c"], "a 1": ["b"], "b 1": ["c"], "c 3": [], "c 2": []}

    newer = why_overridden(releases, ["c==2", "b:c==3"]).newer

    assert newer.verdict == "passed-over"
    assert [f"{one.name} {one.after}" for one in newer.changes] == ["a 1", "b 1"]


def why_overridden(releases: Releases, overrides: Sequence[str]) -> Why:
    changed = parse_overrides(overrides, read=lambda _: "", environ={})
    question = ask(
        [parse_requirement("a")],
        environment_for("3.9", "linux"),
        changes=Changes(overrides=changed),
    )
    resolver = Resolver(MemoUniverse(universe_from_json(snapshot_of(releases))))
    answer = resolver.resolve(question)
    assert isinstance(answer, Resolution)
    return Asker(resolver, question, answer).why("c")


def test_the_newest_says_so() -> None:
    found = why(TRADE, ["first"], "first")

    assert (found.newer.verdict, found.newer.version) == ("newest", None)
    assert "first 2 is the newest that could be used." in said(found)


def test_newer_ones_that_are_no_candidates_are_named_with_the_reason() -> None:
    late = {**snapshot_file("app", "9"), "upload_time": "2023-01-01T00:00:00Z"}
    broken = {**snapshot_file("app", "4"), "metadata": {"unusable": "it is broken"}}
    lacking = {"unusable": "this machine lacks gcc", "kind": "host"}
    files: list[JsonObject] = [
        snapshot_file("app", "1"),
        {**snapshot_file("app", "2"), "requires_python": ">=3.11"},
        {**snapshot_file("app", "3"), "yanked": ""},
        broken,
        {**snapshot_file("app", "4.1"), "metadata": lacking},
        snapshot_file("app", "5", tag="cp38-cp38-win_amd64"),
        snapshot_file("app", "6rc1"),
        snapshot_file("app", "6rc2"),
        late,
    ]
    limits = Limits(
        exclude_newer=datetime(2022, 6, 1, tzinfo=UTC), skip_unbuildable=True
    )

    found = why({}, ["app"], "app", limits, app=files)

    assert found.newer.verdict == "newest"
    assert {barred.bar: barred.versions for barred in found.newer.barred} == {
        "pre-release": ("6rc2", "6rc1"),
        "tag": ("5",),
        "unread": ("4.1",),
        "metadata": ("4",),
        "yanked": ("3",),
        "requires-python": ("2",),
    }
    text = said(found)
    assert "6rc2 and 1 older are pre-releases" in text
    assert "2 needs another Python" in text
    assert "4.1 could not be read on this machine" in text


def test_a_prerelease_counts_once_prereleases_are_let_in() -> None:
    found = why(
        {"app 1": ["library"], "library 2rc1": [], "library 1": []},
        ["app", "library<2rc1"],
        "library",
        Limits(allow_prereleases=True),
    )

    assert (found.newer.verdict, found.newer.version) == ("held-back", "2rc1")


@pytest.mark.parametrize("root", ["a", "a<3", "a==1"])
def test_what_applies_to_no_python_of_the_answer_is_not_moved(root: str) -> None:
    releases = {"a 1": [], "a 2": [], "a 3": ['a===1; python_full_version >= "3.9.5"']}
    elsewhere = 'zz==9; python_full_version < "3.9.5"'

    found = why(releases, [root, elsewhere], "a")

    assert found.newer.verdict == "held-back"
    assert not found.newer.repairs


def test_a_project_that_is_not_in_the_answer_has_near_misses_named() -> None:
    with pytest.raises(NotInAnswerError) as caught:
        why(CHAIN, ["app"], "libary")

    assert "libary is not among the 3 projects" in caught.value.what
    assert caught.value.hint == "did you mean library?"


def test_the_real_case_names_the_pin_that_holds_kubernetes_back() -> None:
    question = recorded_question(["kubeflow-fairing==1.0.2"])
    resolver = Resolver(MemoUniverse(recorded_universe()))
    answer = resolver.resolve(question)
    assert isinstance(answer, Resolution)

    found = Asker(resolver, question, answer).why("kfserving")

    assert found.newer.core is not None
    assert [fact.text for fact in found.newer.core.facts] == [
        "you require kubeflow-fairing==1.0.2",
        "kubeflow-fairing 1.0.2 requires kubernetes==10.0.1",
        "kfserving 0.6.1 requires kubernetes>=12.0.0",
    ]
