import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.resolver.model.answers import (
    Counters,
    RepairClaim,
    RepairKind,
    RepairsStop,
)
from axletree.resolver.model.facts import (
    Core,
    Evidence,
    Fact,
)
from axletree.resolver.reports.cause_text import place_of
from axletree.resolver.reports.conflict_text import (
    conflict_report,
    counters_sentence,
)
from axletree.resolver.reports.lines import (
    to_text,
    wrapped,
)
from tests.support.answers import name
from tests.support.conflicts import fairing_conflict, fairing_core
from tests.support.corpus import REAL, refusal

if TYPE_CHECKING:
    from axletree.resolver.model.facts import Claim

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "real-conflicts.md"
PAGE_COLUMNS = 80
MOST_LINES = 15
"""Issue 4: the facts of a real case fit into so many lines."""
FAIRING = """\
No solution for Python 3.9 on linux: these 4 facts cannot hold together, and none of them can be
left out.
  1. you require kubeflow-fairing==1.0.2  (command line)
  2. you require kfserving==0.6.1  (command line)
  3. kubeflow-fairing 1.0.2 requires kubernetes==10.0.1
     (METADATA of kubeflow_fairing-1.0.2-py3-none-any.whl)
  4. kfserving 0.6.1 requires kubernetes>=12.0.0  (METADATA of kfserving-0.6.1-py3-none-any.whl)

kubernetes                  9.0.0  … 10.0.0  10.0.1  10.1.0  … 12.0.0b1  12.0.0  … 21.7.0
kubeflow-fairing: ==10.0.1    ○        ○       ●       ○          ○        ○         ○
kfserving: >=12.0.0           ○        ○       ○       ○          ○        ●         ●

What helps, each resolved again:
  1. use kfserving 0.4.0 to 0.4.1 instead of 0.6.1
     changes: kfserving==0.4.1
     proof: 4 projects with kfserving 0.4.1, kubeflow-fairing 1.0.2, kubernetes 10.0.1; no part of
     it is enough
     axletree explain kubeflow-fairing==1.0.2 kfserving==0.6.1 --repair 1

pip would fetch 2 files' metadata, then fail.
"""


def test_the_fairing_conflict_reads_like_this() -> None:
    assert to_text(conflict_report(fairing_conflict(), width=98)) == FAIRING


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_fairing_conflict_without_repairs_has_at_most_15_lines(width: int) -> None:
    conflict = replace(fairing_conflict(), repairs=())

    assert len(conflict_report(conflict, width=width)) <= 15


@pytest.mark.parametrize("width", [60, 80, 100])
def test_lines_keep_within_the_width_but_for_commands(width: int) -> None:
    lines = [
        line.text
        for line in conflict_report(fairing_conflict(), width=width)
        if line.role != "command"
    ]

    assert max(map(len, lines)) <= width


def test_ascii_report_has_no_other_characters() -> None:
    conflict = replace(fairing_conflict(), notes=("awscli 1.0 … 1.2 is é",))

    text = to_text(conflict_report(conflict, width=80, is_ascii=True))

    assert text.isascii()
    assert "X" in text
    assert "1.0 ... 1.2" in text


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("cause", "cannot hold together.\n"),
        ("irreducible", "none of them can be left out"),
        ("smallest", "no cause has fewer"),
    ],
)
def test_the_claim_is_said(claim: "Claim", words: str) -> None:
    core = Core(facts=fairing_core().facts, claim=claim)
    conflict = replace(fairing_conflict(), conflicts=(core,))

    assert words in to_text(conflict_report(conflict, width=200))


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("untried", "not yet sure, as the note says"),
        ("works", "it works"),
        ("irreducible", "no part of it is enough"),
        ("cheapest", "nothing cheaper works"),
    ],
)
def test_a_repair_says_what_was_proved(claim: RepairClaim, words: str) -> None:
    conflict = fairing_conflict()
    conflict = replace(conflict, repairs=(replace(conflict.repairs[0], claim=claim),))

    assert words in to_text(conflict_report(conflict, width=200))


def test_further_conflicts_are_numbered_and_the_cap_is_said() -> None:
    conflict = replace(
        fairing_conflict(), conflicts=(fairing_core(), fairing_core()), complete=False
    )

    text = to_text(conflict_report(conflict, width=200))

    assert "Conflict 2 of 2: these 4 facts" in text
    assert "stopped at 2: there may be more" in text


def test_notes_come_last() -> None:
    conflict = replace(fairing_conflict(), notes=("uv ignores that bound",))

    assert to_text(conflict_report(conflict)).endswith("note: uv ignores that bound\n")


def test_evidence_counts_all_releases_though_it_names_some() -> None:
    core = fairing_core()
    evidence = tuple(
        Evidence(kind="metadata", filename=f"awscli-1.{minor}-py3-none-any.whl")
        for minor in range(3)
    )
    versions = tuple(f"1.{minor}" for minor in range(21))
    fact = Fact(
        kind="edge",
        text=core.facts[2].text,
        project=core.facts[2].project,
        versions=versions,
        evidence=evidence,
    )
    core = core.telling((fact,))
    conflict = replace(fairing_conflict(), conflicts=(core,))

    text = to_text(conflict_report(conflict, width=200))

    assert "(METADATA of awscli-1.0-py3-none-any.whl and 20 more)" in text


@pytest.mark.parametrize(
    ("evidence", "place"),
    [
        (Evidence(kind="requirement-line", file="r.in", line=3), "r.in, line 3"),
        (Evidence(kind="policy", file="policy.toml", line=7), "policy.toml, line 7"),
        (Evidence(kind="index-page", project=name("ray")), "index page of ray"),
        (Evidence(kind="metadata", filename="a-1.whl"), "METADATA of a-1.whl"),
    ],
)
def test_each_fact_says_where_to_look_it_up(evidence: Evidence, place: str) -> None:
    assert place_of(evidence) == place


def test_counters_are_one_sentence() -> None:
    counters = Counters(pages=40, metadata=2, rounds=3, solver_calls=12)

    assert counters_sentence("core", counters) == (
        "core: 40 pages, 2 metadata, 3 rounds, 12 solver calls, 0 requests"
    )


@given(
    words=st.lists(st.text("ab.-=…", min_size=1, max_size=12), min_size=1, max_size=9),
    width=st.integers(18, 40),
    indent=st.sampled_from(["", "     "]),
)
def test_sentences_break_as_the_standard_library_breaks_them(
    words: list[str], width: int, indent: str
) -> None:
    text = indent + " ".join(words)
    expected = textwrap.wrap(
        text,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )

    assert [line.text for line in wrapped("fact", text, width, indent)] == expected


# The real conflicts of the documentation.


def said(name: str) -> str:
    lines = conflict_report(refusal(name).conflict, width=PAGE_COLUMNS, is_ascii=False)
    return "".join(f"{line.text}\n" for line in lines)


@pytest.mark.parametrize("name", REAL)
def test_the_page_shows_what_the_engine_says(name: str) -> None:
    section = PAGE.read_text().partition(f"## {name}\n")[2].partition("\n## ")[0]

    assert f"{said(name)}```\n" in section
    assert section.count("No solution for") == 1


@pytest.mark.parametrize("name", ["fairing", "deep"])
def test_the_text_of_a_real_case_is_short(name: str) -> None:
    cause, _, _ = said(name).partition("\n\n")

    assert len(cause.splitlines()) <= MOST_LINES


# What only others can mend.


@pytest.mark.parametrize(
    ("kinds", "stopped", "is_said"),
    [
        ((), None, True),
        (("override", "recipe"), "most-repairs", True),
        # Not all was tried to the end.
        ((), "not-settled", False),
        (("override", "relax-root"), None, False),
        # Nobody looked.
        ((), "not-searched", False),
        ((), "interrupted", False),
    ],
)
def test_upstream_is_named_where_it_alone_can_mend_it(
    kinds: Sequence[RepairKind],
    stopped: RepairsStop | None,
    is_said: bool,  # noqa: FBT001  a column of the table
) -> None:
    plain = fairing_conflict()
    [repair] = plain.repairs
    core = Core(
        facts=fairing_core().facts,
        claim="irreducible",
        upstream="a release of lib that allows a 2",
    )
    conflict = replace(
        plain,
        conflicts=(core,),
        repairs=tuple(replace(repair, kind=kind) for kind in kinds),
        repairs_stopped=stopped,
    )

    text = to_text(conflict_report(conflict, width=100))

    line = "Only upstream can fix this for good: a release of lib that allows a 2 would do."
    assert (f"\n{line}\n" in text) is is_said
    unsure = "\nUpstream can fix this: a release of lib that allows a 2 would do.\n"
    assert (unsure in text) is (stopped == "not-settled")
