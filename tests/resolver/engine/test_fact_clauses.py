"""Every clause goes with its fact: what is left out says nothing."""

from axletree.resolver.engine.fact_clauses import FactClauses
from axletree.resolver.model.fact_keys import EdgeKey, FactKey, FallenKey, RootKey
from tests.support.refusals import refuse
from tests.support.scenarios import load_scenario


def clauses_of(name: str) -> FactClauses:
    """Give the clauses of a scenario's question, after it was explained."""
    explanation = refuse(load_scenario(name)).explanation
    return explanation._models.clauses  # noqa: SLF001  what it is made of


def solve(clauses: FactClauses, *left_out: FactKey) -> bool:
    """Solve with all facts but some."""
    selectors = clauses.selectors.items()
    return clauses.sat.solve([lit for key, lit in selectors if key not in left_out])


def test_each_fact_of_a_core_is_switched_by_its_selector() -> None:
    clauses = clauses_of("conflicts/fairing_kfserving")
    edges = [key for key in clauses.selectors if isinstance(key, EdgeKey)]
    roots = [key for key in clauses.selectors if isinstance(key, RootKey)]

    assert not solve(clauses)
    assert all(solve(clauses, root) for root in roots)
    assert solve(clauses, *edges)


def test_a_release_without_a_usable_file_can_be_chosen_once_no_reason_is_in_force() -> (
    None
):
    clauses = clauses_of("conflicts/a_date_hides_what_is_asked_for")
    hidden = {
        reason: clauses.chosen["library"][position]
        for position, reason in enumerate(("date", "no-time"))
    }

    for reason, literal in hidden.items():
        selector = clauses.selectors[FallenKey("library", reason)]
        assert not clauses.sat.solve([literal, selector])
        assert clauses.sat.solve([literal])


def test_the_order_of_a_project_says_what_is_as_new() -> None:
    clauses = clauses_of("conflicts/a_date_hides_what_is_asked_for")
    chosen, order = clauses.chosen["library"], clauses.order("library")

    assert len(order) == len(chosen)
    assert not clauses.sat.solve([order[0], chosen[1]])
    assert clauses.sat.solve([order[1], chosen[1]])
    assert clauses.order("nobody") == ()


def test_releases_are_of_one_kind_if_nothing_tells_them_apart() -> None:
    clauses = clauses_of("conflicts/many_releases_are_one_edge")
    kinds = {
        name: [clauses.kind(name, at) for at in range(len(chosen))]
        for name, chosen in clauses.chosen.items()
    }

    # Each release pins another version.
    assert len(set(kinds["awscli"])) == len(kinds["awscli"])
    hidden = clauses_of("conflicts/a_date_hides_what_is_asked_for")
    assert hidden.kind("library", 0) != hidden.kind("library", 1)
    assert hidden.kind("app", 0) == hidden.kind("app", 0)


def test_what_a_release_requires_is_kept_though_its_edges_are_left_out() -> None:
    clauses = clauses_of("conflicts/fairing_kfserving")
    edge = next(key for key in clauses.selectors if isinstance(key, EdgeKey))
    literal = clauses.chosen[edge.project][0]
    switch = clauses.demanding(edge.project, 0)
    absent = -clauses.presence(edge.target)

    assert clauses.sat.solve([literal, absent])
    assert not clauses.sat.solve([literal, absent, switch])
