"""How much of an index a search reads, on real metadata (RESOLVING.md 3)."""

from dataclasses import replace
from typing import Literal

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.engine.search import MEANWHILE, Search
from axletree.resolver.model.distribution import UnusableMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Limits, ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.snapshot import universe_from_json
from tests.property.case import root
from tests.support.command_line import snapshot_of
from tests.support.corpus import REAL, recorded_question, recorded_universe
from tests.support.engine import decide
from tests.support.scenarios import SOLVED, load_scenario
from tests.support.universes import LateUniverse, LazyUniverse

SETS = {
    "a": ("kubeflow-fairing==1.0.2",),
    "b": REAL["fairing"],
    "d": ("kfp==1.8.10", "kfserving==0.6.1"),
    "e": ("jupyterlab", "notebook", "pandas", "scikit-learn", "matplotlib"),
    "g": ("boto3", "botocore", "awscli", "s3fs"),
    "deep": REAL["deep"],
}
"""ANCHORS.md 1."""
SLACK = 1.1

Figures = tuple[int, int, int]
"""Pages, metadata and rounds."""


@pytest.mark.parametrize(
    ("name", "prefer", "expected"),
    [
        ("a", "newest", (126, 839, 24)),
        ("b", "newest", (40, 2, 3)),
        ("d", "newest", (107, 108, 11)),
        ("e", "newest", (87, 87, 10)),
        ("g", "newest", (24, 117, 14)),
        ("deep", "newest", (129, 328, 13)),
        ("a", "balanced", (126, 839, 23)),
        ("b", "balanced", (40, 2, 2)),
        ("d", "balanced", (107, 108, 10)),
        ("e", "balanced", (87, 87, 9)),
        ("g", "balanced", (27, 110, 15)),
        ("deep", "balanced", (129, 328, 12)),
    ],
)
def test_no_more_of_an_index_is_read_than_is_on_the_way(
    name: str, prefer: Literal["newest", "balanced"], expected: Figures
) -> None:
    resolver = Resolver(MemoUniverse(LazyUniverse(base=recorded_universe())))
    question = replace(recorded_question(SETS[name]), prefer=prefer)

    resolver.run(resolver.search(question))

    counted = resolver.counters
    found = counted.pages, counted.metadata, counted.rounds
    assert all(
        now <= before * SLACK for now, before in zip(found, expected, strict=True)
    ), found


@pytest.mark.parametrize("name", SOLVED)
def test_an_index_gives_the_answer_that_is_given_where_all_is_at_hand(
    name: str,
) -> None:
    scenario = load_scenario(name)
    index = LazyUniverse(base=scenario.universe)

    frozen, lazy = decide(scenario), decide(scenario, index)

    assert lazy.releases.keys() == frozen.releases.keys()
    for project, release in lazy.releases.items():
        assert release.version == frozen.releases[project].version
        assert release.files[0] in index.files_read


def late_universe(releases: dict[str, list[str]], *sdists: str) -> LateUniverse:
    """Make an index of which some projects have sdists only."""
    base = universe_from_json(snapshot_of(releases))
    assert isinstance(base, FrozenUniverse)
    pages, metadata = dict(base.page_of), dict(base.metadata_of)
    for name in map(NormalizedName, sdists):
        files = []
        for file in pages[name].files:
            sdist = safe_name(f"{name}-{file.version}.tar.gz")
            files.append(replace(file, filename=sdist, kind="sdist", tag=""))
            metadata[sdist] = metadata[file.filename]
        pages[name] = replace(pages[name], files=tuple(files))
    return LateUniverse(base=FrozenUniverse(page_of=pages, metadata_of=metadata))


def read_late(index: LateUniverse, *roots: str) -> list[str]:
    """Answer, and tell what was read in which order: projects, without versions."""
    resolver = Resolver(MemoUniverse(index))
    question = ask(map(root, roots), environment_for("3.9", "linux"))
    assert resolver.run(resolver.search(question)) is not None
    return [words.partition("-")[0] for words in index.order]


def test_what_takes_long_is_waited_for_when_nothing_else_is_left_to_read() -> None:
    releases = {
        "slow 1": ["late"],
        "late 1": [],
        "app 1": ["lib"],
        "lib 1": ["end"],
        "end 1": [],
    }

    order = read_late(late_universe(releases, "slow", "late"), "slow", "app")

    read = ["begin slow", "app", "lib", "end", "wait slow", "begin late", "wait late"]
    assert order == read


def test_it_is_waited_for_sooner_where_much_else_is_read() -> None:
    chain = {f"link{at} 1": [f"link{at + 1}"] for at in range(MEANWHILE)}
    releases = {"slow 1": [], **chain, f"link{MEANWHILE} 1": []}

    order = read_late(late_universe(releases, "slow"), "slow", "link0")

    assert order[0] == "begin slow"
    # Of each link the page is read, and the release; one more while that is seen.
    assert order.index("wait slow") - 1 == MEANWHILE // 2 + 1


@pytest.mark.parametrize(
    ("prefer", "releases", "unread", "decided"),
    [
        # All gates are open anyway.
        ("newest", {"app 2rc1": [], "app 1": [], "lib 1": []}, "app 1", "2rc1"),
        # It would count for roots that are further behind than they need be.
        ("balanced", {"app 3": ["lib<2"], "app 2": [], "app 1": [], "lib 2": [], "lib 1": []}, "app 1", "3"),
    ],
)  # fmt: skip
def test_what_was_read_and_decides_nothing_stops_nothing_if_it_cannot_be_read(
    prefer: Literal["newest", "balanced"],
    releases: dict[str, list[str]],
    unread: str,
    decided: str,
) -> None:
    base = without_times(releases)
    project, version = unread.split()
    said: dict[str, MetadataAnswer] = {
        file.filename: UnusableMetadata(reason="nobody can", kind="backend")
        for file in base.page_of[NormalizedName(project)].files
        if file.version == version
    }
    index = LazyUniverse(base=replace(base, metadata_of={**base.metadata_of, **said}))
    question = ask(
        map(root, ("app", "lib")),
        environment_for("3.9", "linux"),
        limits=Limits(allow_prereleases=True),
    )
    question = replace(question, prefer=prefer)
    inquiry = (resolver := Resolver(MemoUniverse(index))).search(question)
    inquiry.search.reading.read_ahead([project])
    [at] = [
        at
        for at, each in enumerate(releases_of(inquiry.search, project))
        if each == version
    ]
    inquiry.search.reading.read_ahead((), [(project, at)])

    found = resolver.run(inquiry)

    assert found is not None
    assert found.unread == ()
    assert found.version(project) == decided


def releases_of(search: Search, project: str) -> tuple[str, ...]:
    """List the versions of a project whose page is read, newest first."""
    found = search.reading.projects[project]
    assert found is not None
    return tuple(found.versions)


def without_times(releases: dict[str, list[str]]) -> FrozenUniverse:
    """Make a universe in which lags are counted in releases."""
    base = universe_from_json(snapshot_of(releases))
    assert isinstance(base, FrozenUniverse)
    pages = {
        name: replace(
            page, files=tuple(replace(f, upload_time=None) for f in page.files)
        )
        for name, page in base.page_of.items()
    }
    return replace(base, page_of=pages)
