"""What was asked, by what it is about."""

from axletree.resolver.conflicts.asked import Asked, AskedLine
from axletree.resolver.engine.decisions import as_table
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.markers import MarkerEvaluator
from tests.support.answers import make_root

EVALUATOR = MarkerEvaluator(environment_for("3.9", "linux"))


def test_a_line_is_named_by_its_project() -> None:
    root = make_root("Big.App[fast]>=2")

    line = AskedLine(as_table(root, EVALUATOR), root)

    assert line.name == "big-app"
    assert line.line.text == "Big.App[fast]>=2"


def test_a_question_without_overrides_says_so_of_any_edge() -> None:
    root = make_root("app")
    asked = Asked(
        roots=[AskedLine(as_table(root, EVALUATOR), root)],
        python_version="3.9",
        platform="linux",
    )

    assert asked.overrides(asked.roots[0].name, asked.roots[0].name) == ()
