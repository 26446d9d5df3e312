"""The long run over random universes: what it counts, tells and replays."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property import features, soak
from tests.property.case import Case
from tests.property.laws import LAWS, Law
from tests.property.strategies import cases

pytestmark = pytest.mark.slow

SEEDS = range(7, 11)


@given(case=st.just(None))
def has_other_than_four_projects(case: Case | None) -> None:
    """Be a law that some universes break."""
    assert case is not None
    assert len(case.universe.page_of) != 4, "four projects"


BROKEN = Law(name="no universe has four projects", test=has_other_than_four_projects)


def test_every_law_holds_for_some_universes_and_is_counted() -> None:
    tally = soak.run(SEEDS)

    assert tally.failures == []
    assert tally.universes == len(SEEDS)
    assert set(tally.held) <= {soak.VARIANTS, *(law.name for law in LAWS)}
    assert tally.held[LAWS[0].name] == len(SEEDS)


def test_a_seed_is_always_the_same_universe() -> None:
    once, again = soak.run(SEEDS, [BROKEN]), soak.run(SEEDS, [BROKEN])

    assert once.failures == again.failures != []
    assert (once.answers, once.present, once.playing) == (
        again.answers,
        again.present,
        again.playing,
    )


def test_a_failure_names_the_seed_that_replays_it() -> None:
    tally = soak.run(SEEDS, [BROKEN])
    number = tally.failures[0].seed

    text = "\n".join(soak.report(tally, [BROKEN]))

    assert "FAILED  no universe has four projects: AssertionError: four" in text
    assert f"python -m tests.property.soak --seed {number}\n" in text
    with pytest.raises(AssertionError, match="four projects"):
        soak.replay(number, [BROKEN])


def test_a_run_in_processes_counts_what_a_run_here_does() -> None:
    out, progress = io.StringIO(), io.StringIO()
    words = ["--universes", "4", "--first", "7", "--law", LAWS[0].name]

    code = soak.main(words, out, progress)

    assert code == 0
    assert out.getvalue().startswith(f"4 universes: {soak.run(SEEDS, []).answers} have")
    assert "4 universes," in progress.getvalue()


def test_one_universe_is_replayed_by_its_seed() -> None:
    out = io.StringIO()

    assert soak.main(["--seed", "7", "--law", LAWS[0].name], out) == 0
    assert out.getvalue() == "universe 7: every law holds\n"


@given(case=cases())
def test_only_what_is_there_plays_a_part(case: Case) -> None:
    found = features.parts(case)

    assert found.playing <= found.present <= set(features.NAMES)
