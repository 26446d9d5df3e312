"""All laws that a random universe is held to, by name.

Each is the body of a property test, so that the tests and a long run never differ. A
law that does not apply to a universe rejects it, as a test does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, cast

from hypothesis import strategies as st

from tests.property import (
    test_answers,
    test_as_pip,
    test_audit,
    test_conflicts,
    test_later_uploads,
    test_old_lines,
    test_printed_facts,
    test_pylock,
    test_quick_explanation,
    test_repairs,
    test_reproduce,
    test_tables,
    test_unread,
    test_why,
)
from tests.property.case import Case

Draw: TypeAlias = Callable[[st.DataObject], object]
"""Draws one more argument of a test."""


class _Test(Protocol):
    @property
    def hypothesis(self) -> Any: ...  # noqa: ANN401  untyped by hypothesis


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One law, and what it wants besides a universe."""

    name: str
    test: Callable[..., None]
    drawn: Mapping[str, Draw] = field(default_factory=dict)
    allows_twins: bool = True
    """Whether files of one release may differ in metadata and yanks."""

    def hold(self, case: Case, data: st.DataObject) -> None:
        """Check it.

        :raises AssertionError: it does not hold.
        :raises UnsatisfiedAssumption: it says nothing of such a universe.
        """
        arguments = {name: draw(data) for name, draw in self.drawn.items()}
        cast("_Test", self.test).hypothesis.inner_test(case=case, **arguments)


def _ahead(data: st.DataObject) -> object:
    return data.draw(st.sets(st.integers(0, 30)))


def _place(data: st.DataObject) -> object:
    return data.draw(st.integers(0, 4))


def _order(data: st.DataObject) -> object:
    return data.draw(st.permutations(range(4)))


def _itself(data: st.DataObject) -> object:
    return data


LAWS = (
    Law(
        name="the answer is brute force's, or neither has one",
        test=test_answers.test_the_answer_is_the_one_that_brute_force_finds,
    ),
    Law(
        name="preferred versions come first, lazily or not",
        test=test_answers.test_preferred_versions_come_first_as_in_brute_force_read_lazily_or_not,
        drawn={"drawn": _itself},
    ),
    Law(
        name="an answer that is preferred is given again",
        test=test_answers.test_an_answer_without_gates_is_given_again_if_it_is_preferred,
    ),
    Law(
        name="lazy equals frozen, parts read ahead",
        test=test_answers.test_reading_more_or_less_of_an_index_changes_nothing,
        drawn={"ahead": _ahead},
    ),
    Law(
        name="lazy equals frozen, sdists come late",
        test=test_answers.test_what_is_read_on_while_some_of_an_index_takes_long_changes_nothing,
        drawn={"drawn": _itself},
    ),
    Law(
        name="balanced is leximin, lazily or not",
        test=test_answers.test_balanced_leaves_no_root_further_behind_than_it_must_be,
    ),
    Law(
        name="the checker accepts solutions only",
        test=test_answers.test_the_checker_accepts_solutions_and_refuses_what_only_looks_like_one,
    ),
    Law(
        name="an answer without the unreadable holds everywhere",
        test=test_unread.test_an_answer_without_what_cannot_be_read_is_the_answer_everywhere,
        drawn={"data": _itself},
    ),
    Law(
        name="so do claims of a conflict over the unreadable",
        test=test_unread.test_what_is_claimed_of_a_conflict_is_true_everywhere,
        drawn={"data": _itself},
        allows_twins=False,
    ),
    Law(
        name="skipping the unreadable is as if it were unfit",
        test=test_unread.test_leaving_out_what_cannot_be_read_is_as_if_it_were_of_no_use,
        drawn={"data": _itself},
    ),
    Law(
        name="cores are causes, irreducible, smallest",
        test=test_conflicts.test_what_is_claimed_of_a_conflict_is_true,
        allows_twins=False,
    ),
    Law(
        name="the same of an index",
        test=test_conflicts.test_what_is_claimed_of_a_conflict_in_an_index_is_true,
        allows_twins=False,
    ),
    Law(
        name="the order of pages and files changes no cause",
        test=test_conflicts.test_the_order_of_pages_and_files_changes_no_cause,
        drawn={"place": _place},
        allows_twins=False,
    ),
    Law(
        name="the versions that facts name are a contradiction, read of an index too",
        test=test_printed_facts.test_the_versions_that_facts_name_are_a_contradiction_without_one_to_spare,
        allows_twins=False,
    ),
    Law(
        name="repairs work, none contains another",
        test=test_repairs.test_a_repair_works_and_says_how_far,
        allows_twins=False,
    ),
    Law(
        name="as of a date, later uploads change no word",
        test=test_later_uploads.test_later_uploads_change_no_word_but_of_later_dates,
    ),
    Law(
        name="a line of old metadata forbids its file, and is named",
        test=test_old_lines.test_it_forbids_its_file_by_a_fact_that_names_it,
        drawn={"data": _itself},
        allows_twins=False,
    ),
    Law(
        name="an override mends a line of old metadata",
        test=test_old_lines.test_an_override_of_the_line_mends_it,
        drawn={"data": _itself},
        allows_twins=False,
    ),
    Law(
        name="resolvelib's answer is accepted",
        test=test_as_pip.test_what_resolvelib_finds_is_a_solution,
    ),
    Law(
        name="why: chains and verdicts are true",
        test=test_why.test_chains_and_verdicts_are_true,
        drawn={"place": _place},
    ),
    Law(
        name="a pylock selects what was resolved",
        test=test_pylock.test_each_environment_selects_the_files_that_were_resolved_for_it,
    ),
    Law(
        name="a reproduction needs all of its facts",
        test=test_reproduce.test_a_reproduction_is_refused_and_only_with_all_of_its_facts,
    ),
    Law(
        name="audit: broken is what no pin installs",
        test=test_audit.test_broken_is_what_no_exact_pin_installs,
    ),
    Law(
        name="audit: apart is what no two pins install",
        test=test_audit.test_apart_is_what_no_two_pins_install,
    ),
    Law(
        name="audit: all that is found is explained",
        test=test_audit.test_all_that_is_found_is_explained,
    ),
    Law(
        name="tables on disk give the same answer",
        test=test_tables.test_a_quick_answer_is_the_plain_one,
    ),
    Law(
        name="a quick explanation is the plain one",
        test=test_quick_explanation.test_a_quick_explanation_is_the_plain_one_from_tables_fresh_and_stored,
    ),
    Law(
        name="so do tables that other questions filled",
        test=test_tables.test_tables_that_other_questions_filled_give_the_same,
        drawn={"order": _order},
    ),
)
