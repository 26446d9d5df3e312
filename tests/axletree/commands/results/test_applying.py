"""A repair as the command that applies it: the user's own words, with what changes."""

from dataclasses import replace

import pytest

from axletree.commands.results.applying import Applying
from axletree.resolver.model.answers import Repair, Resolution
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import Edit

WORDS = ("explain", "left==1", "-p", "3.9", "--exclude-newer", "2022-02-01", "--json")
REPAIR = Repair(
    kind="lift",
    text="",
    changes=(),
    cost=(),
    claim="works",
    resolution=Resolution(environment=environment_for("3.9", "linux"), pins=()),
)
HERE = Edit(origin=Origin(), old="left==1", new="left==2")
IN_FILE = Edit(origin=Origin("r.txt", 3), old="left==1", new="left==2")


@pytest.mark.parametrize(
    ("repair", "command"),
    [
        (
            replace(REPAIR, edits=(HERE,), changes=("left==2",)),
            "axletree lock left==2 -p 3.9 --exclude-newer 2022-02-01 --json",
        ),
        (
            replace(REPAIR, changes=("--python-version 3.8",)),
            (
                "axletree lock left==1 --exclude-newer 2022-02-01 --json "
                "--python-version 3.8"
            ),
        ),
        (
            replace(REPAIR, changes=("no --exclude-newer", "right<=2rc1")),
            "axletree lock left==1 -p 3.9 --json 'right<=2rc1'",
        ),
        (
            replace(REPAIR, edits=(HERE,), changes=("left==2", "--pre")),
            "axletree lock left==2 -p 3.9 --exclude-newer 2022-02-01 --json --pre",
        ),
        (
            replace(REPAIR, edits=(IN_FILE,), changes=("left==2",)),
            (
                "axletree explain left==1 -p 3.9 --exclude-newer 2022-02-01 --repair 4 "
                "--write"
            ),
        ),
        (
            replace(REPAIR, recipes=("[project]",), changes=("a:b>=2",)),
            (
                "axletree explain left==1 -p 3.9 --exclude-newer 2022-02-01 --repair 4 "
                "--write"
            ),
        ),
        (replace(REPAIR, changes=("left==1 --hash=sha256:ab",)), None),
        (replace(REPAIR, changes=("a==1 out of [[blocked]]",)), None),
        (replace(REPAIR, changes=("no --only-binary or --no-binary for a",)), None),
        (replace(REPAIR, kind="collect", changes=("a-1-py3-none-any.whl",)), None),
        (
            replace(REPAIR, kind="collect", command="axletree collect a"),
            "axletree collect a",
        ),
    ],
)
def test_a_command_says_just_what_changes(repair: Repair, command: str | None) -> None:
    assert Applying(words=WORDS).command(repair, 4) == command


def test_what_is_only_supposed_has_no_command() -> None:
    repair = replace(REPAIR, edits=(HERE,), changes=("left==2",))

    assert Applying(words=WORDS, is_supposed=True).command(repair, 1) is None


def test_after_a_recipe_comes_its_build_or_a_lock_at_once() -> None:
    dated = "[source]\nsdist = 'a'\ncommitted = 2020-01-01T00:00:00Z\n"
    recipes = (dated, "[source]\n# sdist = 'b'\n")
    changes = ("a:b>=2", "c:d<3")
    repair = replace(REPAIR, kind="override", recipes=recipes, changes=changes)

    steps = Applying(words=WORDS).after_writing(repair, ["a.toml", "c.toml"])

    assert [step.purpose for step in steps] == [
        "put its sdist beside the recipe, then build it",
        "name its source in the recipe, then build it",
        "or lock at once, for pip install --no-deps",
    ]
    assert [step.command for step in steps][:2] == [
        "axletree build a.toml",
        "axletree build c.toml",
    ]
    assert steps[2].command.endswith("'--override=a:b>=2' '--override=c:d<3'")
