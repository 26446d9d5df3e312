"""Witnesses are found with little reading, and say what is so."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.conflicts.witnesses import Witnesses
from axletree.resolver.model.distribution import FileMetadata, UnusableMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.fact_keys import EdgeKey, FallenKey, RootKey
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.limits import FormatControl
from axletree.resolver.model.question import Limits, ask
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.snapshot import universe_from_json
from tests.support.answers import make_file, make_root
from tests.support.building_index import index_of
from tests.support.refusals import refuse
from tests.support.scenarios import REFUSED, load_scenario
from tests.support.sdist_index import Index
from tests.support.universes import LazyUniverse


@pytest.mark.parametrize("hidden", [10, 200])
def test_what_a_date_hides_is_neither_named_nor_read(hidden: int) -> None:
    # Each tool pins a part, and of these only the newest asks for no other base.
    newest = f"{hidden}.0"
    files: dict[str, list[JsonObject]] = {
        "base": [file_of("base", f"{number}.0", day=1) for number in (1, 2)],
        "part": [],
        "tool": [],
    }
    for number in range(hidden + 1):
        version, day = f"{number}.0", 1 if number < SHOWN else 9
        needs = () if version == newest else ("base>=2",)
        files["part"].append(file_of("part", version, *needs, day=day))
        files["tool"].append(file_of("tool", version, f"part=={version}", day=day))
    universe = universe_from_json({"format": "axletree.universe/1", "projects": files})
    index = LazyUniverse(base=universe)
    question = ask(
        [make_root("base<2"), make_root("tool")],
        environment_for("3.9", "linux"),
        limits=Limits(exclude_newer=datetime(2022, 1, 5, tzinfo=UTC)),
    )

    refused = Resolver(MemoUniverse(index)).resolve(question)

    assert isinstance(refused, Refusal)
    assert not any(isinstance(key, FallenKey) for key in refused.cores[0].keys)
    assert not any(int(file.version[:-2]) >= SHOWN for file in index.files_read)
    assert len(index.files_read) <= 2 * SHOWN + 8


def test_hundreds_that_python_hides_are_looked_at_in_few_steps() -> None:
    # Older ones that fit are refused; only who reads all newer ones knows that the Python
    # for which they are plays no part.
    hidden = 200
    app = [
        {
            **file_of("app", f"{number}.0", "base>=2", day=1),
            **({"requires_python": ">=3.12"} if number else {}),
        }
        for number in range(hidden + 1)
    ]
    base = [file_of("base", f"{number}.0", day=1) for number in (1, 2)]
    projects = {"app": app, "base": base}
    index = LazyUniverse(
        base=universe_from_json({"format": "axletree.universe/1", "projects": projects})
    )
    roots = map(make_root, ("app", "base<2"))

    refused = Resolver(MemoUniverse(index)).resolve(
        ask(roots, environment_for("3.9", "linux"))
    )

    assert isinstance(refused, Refusal)
    assert refused.cores[0].keys == (RootKey(0), RootKey(1), EdgeKey("app", "", "base"))
    assert len(index.files_read) <= hidden + 3
    assert refused.conflict.counters.solver_calls < hidden


@pytest.mark.parametrize("is_frozen", [True, False])
def test_what_cannot_be_read_leaves_no_fact_that_names_nothing(
    *, is_frozen: bool
) -> None:
    # Found by the long run, seed 183: `b`, of which little was read, could have opened
    # the gate of an `a` that nobody can read.
    answers: dict[str, MetadataAnswer] = {
        "a-1.5a2-py3-none-any.whl": UnusableMetadata(reason="no", kind="backend"),
        "a-1-py3-none-any.whl": FileMetadata(requires_dist=("d==3.dev1",)),
        "a-2a1-py3-none-any.whl": FileMetadata(requires_dist=("d",)),
        "a-4b2.tar.gz": FileMetadata(requires_dist=("d",)),
        "b-3.dev1-py3-none-any.whl": FileMetadata(),
        "b-4b2-py3-none-any.whl": FileMetadata(requires_dist=("c==2.*", "c!=9")),
        "b-3rc1.tar.gz": FileMetadata(requires_dist=("d", "c!=9")),
        "c-1.5a2-py3-none-any.whl": FileMetadata(requires_dist=("d===3.dev1",)),
        "c-2a1-py3-none-any.whl": FileMetadata(requires_dist=("b==9", "d>=3.dev1")),
        "d-3.dev1.tar.gz": FileMetadata(requires_dist=("b>=3rc1",)),
    }
    universe = Index(list(map(make_file, answers)), answers, is_frozen=is_frozen)
    question = ask(
        map(make_root, ("a", "a", "b")),
        environment_for("3.9", "linux"),
        limits=Limits(formats=FormatControl().with_only_binary(":all:")),
    )

    refused = Resolver(MemoUniverse(universe)).resolve(question)

    assert isinstance(refused, Refusal)
    [first, *_] = refused.cores
    assert first.keys == (
        RootKey(0),
        EdgeKey("a", "", "d"),
        FallenKey("a", "pre-release"),
        FallenKey("d", "binary-policy"),
    )


SHOWN = 5
"""Releases that the date does not hide."""


def file_of(project: str, version: str, *requires: str, day: int) -> JsonObject:
    """Give a file as a snapshot has it, uploaded on a day of January 2022."""
    return {
        "filename": f"{project}-{version}-py3-none-any.whl",
        "upload_time": f"2022-01-{day:02}T12:00:00+00:00",
        "metadata": {"requires_dist": list(requires)},
    }


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_witness_chooses_along_the_facts_is_read(name: str) -> None:
    scenario = load_scenario(name)
    refused = refuse(scenario)
    resolver = Resolver(MemoUniverse(LazyUniverse(base=scenario.universe)))
    inquiry = resolver.search(scenario.question)
    assert resolver.run(inquiry) is None
    models = resolver.explanation(inquiry)._models  # noqa: SLF001  what it is made of
    roots = [canonicalize_name(r.requirement.name) for r in scenario.question.roots]
    for key in refused.cores[0].keys:
        rest = [other for other in refused.cores[0].keys if other != key]
        if not all(other in models.selectors for other in rest):
            continue  # Over an index it is another core.

        assert Witnesses(models, roots).has_one(rest, without=key)

        chosen = models.clauses.chosen_in_model()
        waiting = [roots[k.index] for k in rest if isinstance(k, RootKey)]
        for project in waiting:
            edges = [k for k in rest if isinstance(k, EdgeKey)]
            waiting += {k.target for k in edges if k.project == project} - {*waiting}
            assert project not in models.clauses.missing_in_model()
            if project in chosen:
                assert chosen[project] in models.reading.releases[project]


def test_where_one_sdist_cannot_be_built_no_other_is_tried_for_a_witness() -> None:
    sdists = [f"dep 1.{minor}" for minor in range(9)]
    index = index_of(
        {"app 2": ["dep>=2"], "dep 2": [], **dict.fromkeys(sdists, ())}, sdists
    )
    failed = UnusableMetadata(reason="no compiler is here", kind="host")
    told = dict.fromkeys(index.dynamic, failed)
    index.dynamic = ()
    assert isinstance(index.base, FrozenUniverse)
    index.base = replace(index.base, metadata_of={**index.base.metadata_of, **told})
    roots = [make_root("app==2"), make_root("dep<2")]
    question = ask(roots, environment_for("3.9", "linux"))

    refused = Resolver(MemoUniverse(index)).resolve(question)

    assert isinstance(refused, Refusal)
    [core] = refused.cores
    assert core.claim == "cause"
    assert len(core.keys) == 3
    assert sum(file.startswith("dep-1") for file in index.files_read) <= 2
