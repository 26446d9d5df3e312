from packaging.version import Version

from axletree.resolver.engine.decisions import as_tables
from axletree.resolver.engine.problem import Demand, Problem
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Limits, ask
from tests.support.answers import make_root, name


def test_a_question_is_put_with_its_names_and_specifiers_as_text() -> None:
    question = ask(
        [make_root("Big.App[Slow,fast]>=2")],
        environment_for("3.9", "linux"),
        constraints=[make_root("lib<3")],
        limits=Limits(allow_prereleases=True),
    )

    problem = as_tables(question, lead=name("big-app"))

    [root], [limit] = problem.roots, problem.constraints
    assert (root.name, root.extras, root.specifier) == (
        "big-app",
        ("fast", "slow"),
        ">=2",
    )
    assert root.origin == question.roots[0].origin
    assert (limit.name, limit.specifier) == ("lib", "<3")
    assert problem.allow_prereleases
    assert problem.lead == "big-app"


def test_what_is_not_said_is_off() -> None:
    problem = Problem([Demand("app", (), "", Origin())])

    assert not problem.constraints
    assert not problem.allow_prereleases
    assert problem.lead is None
    assert dict(problem.kept) == {}


def test_versions_to_be_kept_are_texts() -> None:
    problem = Problem([], kept={"app": str(Version("1.0rc1"))})

    assert problem.kept["app"] == "1.0rc1"
