"""`axletree view`: what is resolved, audited and exported through a view."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import COLLECTED, IncomingFile
from tests.axletree.commands.verbs.test_lock import pins
from tests.support.command_line import CommandLine
from tests.support.index_server import serving
from tests.support.sources import publish_on
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

POLICY = """\
[[blocked]]
releases = "app>=2"
reason = "app 2 fails on our cluster"
"""


@pytest.fixture
def filled(axletree: CommandLine, tmp_path: Path) -> CommandLine:
    """Bring two releases of an app, and a tool that needs the newer one."""
    days = {"app-1.0": "2026-01-01", "app-2.0": "2026-03-01", "tool-1.0": "2026-01-01"}
    folder = tmp_path / "wheels"
    wheels = [
        make_wheel(folder, "app", "1.0"),
        make_wheel(folder, "app", "2.0"),
        make_wheel(folder, "tool", "1.0", requires_dist=["app>=2"]),
    ]
    with Wheelhouse.open(tmp_path / "house") as house:
        publish(
            house,
            [
                IncomingFile(
                    path=wheel,
                    filename=wheel.name,
                    upload_time=datetime.fromisoformat(
                        f"{days['-'.join(wheel.name.split('-')[:2])]}T00:00:00+00:00"
                    ),
                    origin=COLLECTED,
                )
                for wheel in wheels
            ],
        )
    (tmp_path / "policy.toml").write_text(POLICY)
    axletree("view", "make", "dated", "--exclude-newer", "2026-01-31")
    axletree("view", "make", "ruled", "--policy", tmp_path / "policy.toml")
    return axletree


def test_view_is_made_listed_shown_and_removed(
    filled: CommandLine, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    both = filled(
        *("view", "make", "both", "--exclude-newer", "2026-01-31"),
        *("--policy", policy),
    )
    again = filled("view", "make", "dated", "--exclude-newer", "2026-01-31")
    other = filled("view", "make", "dated", "--exclude-newer", "2026-02-01")
    shown = filled("view", "show", "both")

    assert both.out == "the view both is made: as of 2026-01-31, under policy.toml\n"
    assert again.out == "the view dated is there already: as of 2026-01-31\n"
    assert (other.code, "view-taken" in other.err) == (1, True)
    assert filled("view", "list").out.splitlines() == [
        "both: as of 2026-01-31, under policy.toml",
        "dated: as of 2026-01-31",
        "ruled: under policy.toml",
    ]
    assert "leaves   2 of 3 files" in shown.out
    assert POLICY in shown.out
    assert filled("view", "remove", "both").code == 0
    assert filled("view", "show", "both").code == 1
    assert filled("lock", "app", "--view", "both").code == 1


def test_list_of_a_view_has_what_the_view_leaves(filled: CommandLine) -> None:
    filled("view", "make", "early", "--exclude-newer", "2025-12-31")
    listed = filled("list", "--view", "ruled").out
    assert [line.split()[:2] for line in listed.splitlines()[:2]] == [
        ["app", "1.0"],
        ["tool", "1.0"],
    ]
    assert "2 projects, 2 files" in listed
    assert filled("list", "--view", "dated", "--generation", "1").out == listed
    assert filled("list", "--view", "early").err == "the view early leaves nothing\n"
    assert filled("list", "--view", "none").code == 1


def test_view_in_json(filled: CommandLine) -> None:
    shown: dict[str, Any] = json.loads(filled("view", "show", "dated", "--json").out)
    listed: dict[str, Any] = json.loads(filled("view", "list", "--json").out)
    made = filled("view", "make", "x", "--exclude-newer", "2026-01-31", "--json")

    assert shown["exclude_newer"] == "2026-02-01T00:00:00+00:00"
    assert (shown["files"], shown["seen"]) == (3, 2)
    assert shown["address"] == "/views/dated/simple/"
    assert [view["name"] for view in listed["views"]] == ["dated", "ruled"]
    assert listed["views"][1]["policy"] == {"name": "policy.toml", "content": POLICY}
    assert json.loads(made.out)["is_new"] is True


@pytest.mark.parametrize("view", ["dated", "ruled"])
def test_every_verb_resolves_over_what_the_view_leaves(
    filled: CommandLine, tmp_path: Path, view: str
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("tool\n")

    assert pins(filled("lock", "app", "--view", view).out) == ["app==1.0"]
    assert pins(filled("lock", "app").out) == ["app==2.0"]
    for words in (
        ("lock", "tool"),
        ("explain", "tool"),
        ("check", requirements),
        ("audit",),
    ):
        ran = filled(*words, "--view", view)
        assert ran.code == 1, (words, ran.out, ran.err)
        said = " ".join((ran.out + ran.err).split())
        if view == "ruled":
            assert "app 2 fails on our cluster" in said
            assert "policy.toml of the view ruled, line 2" in said
        assert filled(*words).code == 0
    why = filled("why", "app", "app", "--view", view)
    assert (why.code, "app 1.0" in why.out) == (0, True)


def test_absence_in_a_view_names_the_view_and_the_way_out(filled: CommandLine) -> None:
    filled("view", "make", "early", "--exclude-newer", "2025-12-31")
    ran = filled("explain", "app", "--view", "early")
    said = " ".join(ran.out.split())
    assert "in the view early, as of 2025-12-31, of the wheelhouse at" in said
    assert "axletree explain app\n" in ran.out + ran.err
    assert "collect" not in ran.out + ran.err


def test_snapshot_of_a_view_has_what_the_view_leaves(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "dated.json"
    assert filled("snapshot", "app", "--view", "dated", "-o", file).code == 0
    assert pins(filled("lock", "app", "--universe", file).out) == ["app==1.0"]


def test_upstream_is_looked_at_as_of_the_view(
    filled: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "up"
    with serving() as index:
        publish_on(index, make_wheel(folder, "app", "1.5"))
        publish_on(index, make_wheel(folder, "app", "3.0"))
        index.published[1].upload_time = "2026-02-01T00:00:00Z"
        ran = filled("explain", "app>=1.5", "--view", "dated", "--upstream", index.url)
    said = " ".join(ran.out.split())
    assert "download app 1.5" in said
    assert "app 3.0" not in said


@pytest.mark.parametrize(
    "more",
    [
        ("--find-links", "."),
        ("--index-url", "http://127.0.0.1:1/simple/"),
        ("--universe", "x.json"),
    ],
)
def test_view_is_of_the_wheelhouse_alone(
    filled: CommandLine, more: tuple[str, str]
) -> None:
    ran = filled("lock", "app", "--view", "dated", *more)
    assert ran.code == 2
    assert "--view is of the wheelhouse" in ran.err


def test_index_that_a_file_names_is_not_asked_for_a_view(
    filled: CommandLine, tmp_path: Path
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("--index-url http://127.0.0.1:1/simple/\napp\n")
    ran = filled("lock", "-r", requirements, "--view", "dated")
    assert pins(ran.out) == ["app==1.0"]
    assert "is not used: --view dated names the wheelhouse" in " ".join(ran.err.split())


def test_site_of_a_view(filled: CommandLine, tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert filled("export-site", site, "--view", "ruled").code == 0
    page = json.loads((site / "simple/app/index.json").read_text())
    assert [file["filename"] for file in page["files"]] == ["app-1.0-py3-none-any.whl"]
    assert not [*site.glob("files/*/*/app-2.0*")]


def test_mistakes_are_told(filled: CommandLine, tmp_path: Path) -> None:
    nothing = filled("view", "make", "empty")
    wrong = filled("view", "make", "Stable", "--exclude-newer", "2026-01-31")
    missing = filled("lock", "app", "--view", "none")
    no_file = filled("view", "make", "x", "--policy", tmp_path / "none.toml")

    assert (nothing.code, "--exclude-newer DATE" in nothing.err) == (2, True)
    assert (wrong.code, "invalid-view-name" in wrong.err) == (2, True)
    assert (missing.code, "axletree view list" in missing.err) == (1, True)
    assert no_file.code == 2


def test_view_of_sets_has_what_their_locks_have(
    filled: CommandLine, tmp_path: Path
) -> None:
    target = ("--python-version", "3.9", "--python-platform", "linux")
    filled("set", "add", "apps", "app", *target)
    filled("set", "add", "old", "app<2", *target)

    made = filled("view", "make", "images", "--set", "old", "--set", "apps")

    assert made.out == ("the view images is made: of the requirement sets apps, old\n")
    listed = filled("list", "--view", "images").out
    assert "1 project, 2 files" in listed
    absent = filled("explain", "tool", "--view", "images", *target)
    assert absent.code == 1
    said = " ".join(absent.out.split())
    assert "in the view images, of the requirement sets apps, old, of the" in said
    both = filled(
        *("view", "make", "dated-apps", "--set", "apps"),
        *("--exclude-newer", "2026-01-31", "--json"),
    )
    assert json.loads(both.out)["sets"] == ["apps"]
    # The lock has the newer one alone.
    assert filled("lock", "app", "--view", "dated-apps", *target).code == 1
    assert filled("set", "rm", "old").code == 1
    near = filled("view", "make", "x", "--set", "app")
    assert (near.code, "did you mean apps?" in near.err) == (1, True)
    shown = json.loads(filled("view", "show", "images", "--json").out)
    assert (shown["sets"], shown["seen"]) == (["apps", "old"], 2)
    site = tmp_path / "site"
    assert filled("export-site", site, "--view", "images").code == 0
    page = json.loads((site / "simple/tool/index.json").read_text())
    assert page["files"] == []
    reason = page["project-status"]["reason"]
    assert reason == "the view images is of the requirement sets apps, old"


def test_names_that_are_empty_are_seen(filled: CommandLine) -> None:
    made = filled("view", "make", "", "--exclude-newer", "2026-01-31")
    assert "a view cannot be called ''" in made.err
    assert "there is no view ''" in filled("view", "show", "").err
    assert "there is no requirement set ''" in filled("set", "show", "").err
