"""`axletree policy`: what it says is obeyed wherever something is chosen."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from axletree.server.serving.app import create_app
from tests.axletree.commands.verbs.test_lock import pins
from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.sources import publish_on
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

SEED = """\
[[blocked]]
releases = "kfp>=2"
reason = "kfp 2 fails on Kubeflow 1.4"
link = "https://wiki.example/kubeflow"
"""
JSON = "application/vnd.pypi.simple.v1+json"


@pytest.fixture
def filled(axletree: CommandLine, tmp_path: Path) -> CommandLine:
    """Fill a wheelhouse with two releases of kfp, and what requires the newer."""
    folder = tmp_path / "files"
    make_wheel(folder, "kfp", "1.8.22")
    make_wheel(folder, "kfp", "2.0.1")
    make_wheel(folder, "app", "1.0", requires_dist=["kfp>=2"])
    axletree("add", folder)
    return axletree


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "up"
    with serving() as served:
        publish_on(
            served,
            make_wheel(folder, "acme", "9.0"),
            make_wheel(folder, "acme-tools", "9.0"),
            make_wheel(folder, "acmeville", "1.0"),
            make_wheel(folder, "kfp", "1.8.22"),
            make_wheel(folder, "kfp", "2.0.1"),
        )
        yield served


@pytest.mark.parametrize(
    ("name", "told"), [(b"p\xff.toml", "p\\udcff.toml"), (b"p\n.toml", "p\\n.toml")]
)
def test_a_policy_is_named_in_one_line_of_text(
    filled: CommandLine, tmp_path: Path, name: bytes, told: str
) -> None:
    file = tmp_path / os.fsdecode(name)
    file.write_text(SEED)
    assert filled("policy", "set", file).out.startswith(f"{told} holds: ")
    assert filled("policy", "show").err == f"{told}, since generation 2\n"
    assert filled("policy", "check", file).code == 0


def holding(axletree: CommandLine, tmp_path: Path, text: str) -> CommandLine:
    """Set a policy."""
    file = tmp_path / "policy.toml"
    file.write_text(text)
    ran = axletree("policy", "set", file)
    assert ran.code == 0, ran.err
    return axletree


def listed(tmp_path: Path, project: str, index: str = "") -> dict[str, str | bool]:
    """Return what the index lists of a project, each with its yank."""
    client = create_app(tmp_path / "house").test_client()
    answer = client.get(f"{index}/simple/{project}/", headers={"Accept": JSON})
    assert answer.status_code == 200
    page: dict[str, Any] = json.loads(answer.data)
    return {each["filename"]: each.get("yanked", False) for each in page["files"]}


def test_the_seeds_case_in_lock_explain_and_check(
    filled: CommandLine, tmp_path: Path
) -> None:
    holding(filled, tmp_path, SEED)
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("app\n")

    lock = filled("lock", "kfp")
    refused = filled("lock", "app")
    explained = filled("explain", "app", "--json")
    checked = filled("check", requirements)

    assert pins(lock.out) == ["kfp==1.8.22"]
    assert (refused.code, explained.code, checked.code) == (1, 1, 1)
    said = "refused by policy: kfp 2 fails on Kubeflow 1.4"
    for text in (refused.out + refused.err, checked.out):
        assert said in " ".join(text.split())
    document: dict[str, Any] = json.loads(explained.out)
    [fact] = [each for each in document["core"] if each["project"] == "kfp"]
    assert said in fact["text"]
    assert fact["evidence"] == [{"kind": "policy", "file": "policy.toml", "line": 2}]
    texts = [change for each in document["repairs"] for change in each["changes"]]
    assert "kfp==2.0.1 out of [[blocked]]" in texts


def test_what_is_blocked_is_off_the_pages_and_what_is_warned_of_is_yanked(
    filled: CommandLine, tmp_path: Path
) -> None:
    warned = "[[warned]]\nreleases = 'app'\nreason = 'it is old'\n"
    holding(filled, tmp_path, SEED + warned)

    assert listed(tmp_path, "kfp") == {"kfp-1.8.22-py3-none-any.whl": False}
    assert listed(tmp_path, "app") == {
        "app-1.0-py3-none-any.whl": "it is old (policy.toml, line 6)"
    }


def test_a_generation_lists_what_it_did_and_an_export_what_holds_now(
    filled: CommandLine, tmp_path: Path
) -> None:
    holding(filled, tmp_path, SEED)
    holding(filled, tmp_path, "")
    holding(filled, tmp_path, SEED + "# again\n")
    both = {"kfp-1.8.22-py3-none-any.whl", "kfp-2.0.1-py3-none-any.whl"}
    old = {"kfp-1.8.22-py3-none-any.whl"}

    pages = [set(listed(tmp_path, "kfp", f"/g/{number}")) for number in (1, 2, 3, 4)]
    exported = filled("export-site", tmp_path / "site")

    assert pages == [both, old, both, old]
    assert exported.code == 0
    assert {path.name for path in (tmp_path / "site").rglob("kfp-*.whl")} == old


def test_a_project_whose_files_are_all_blocked_has_an_empty_page(
    filled: CommandLine, tmp_path: Path
) -> None:
    holding(filled, tmp_path, "[[blocked]]\nreleases = 'kfp'\nreason = 'no'\n")

    assert listed(tmp_path, "kfp") == {}


def test_what_is_warned_of_is_chosen_only_by_its_version(
    filled: CommandLine, tmp_path: Path
) -> None:
    text = "[[warned]]\nreleases = 'kfp>=2'\nreason = 'it is slow'\n"
    holding(filled, tmp_path, text)

    assert pins(filled("lock", "kfp").out) == ["kfp==1.8.22"]
    named = filled("lock", "kfp==2.0.1")
    assert pins(named.out) == ["kfp==2.0.1"]
    assert "yanked (it is slow (policy.toml, line 2))" in named.err
    document: dict[str, Any] = json.loads(filled("explain", "kfp>=2", "--json").out)
    [fact] = [each for each in document["core"] if each["kind"] == "fallen"]
    assert fact["evidence"] == [{"kind": "policy", "file": "policy.toml", "line": 2}]


def test_age_counts_from_entry_for_what_is_no_copy_and_has_exceptions(
    filled: CommandLine, tmp_path: Path
) -> None:
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    text = "[minimum-age]\ndays = 2\n"
    exception = (
        f"[[minimum-age.exceptions]]\nrelease = 'kfp==1.8.22'\nreason = 'reviewed'\n"
        f"until = {day}\n"
    )
    holding(filled, tmp_path, text)
    refused = filled("lock", "kfp")
    explained = json.loads(filled("explain", "kfp", "--json").out)
    changes = [c for each in explained["repairs"] for c in each["changes"]]
    assert listed(tmp_path, "kfp") == {}
    holding(filled, tmp_path, text + exception)

    assert changes == ["kfp==2.0.1 into [[minimum-age.exceptions]]"]
    assert refused.code == 1
    assert "a file must be 2 days old" in " ".join(refused.out.split())
    assert pins(filled("lock", "kfp").out) == ["kfp==1.8.22"]
    assert list(listed(tmp_path, "kfp")) == ["kfp-1.8.22-py3-none-any.whl"]


def test_collect_takes_reserved_names_from_the_wheelhouse(
    axletree: CommandLine, tmp_path: Path, index: Index
) -> None:
    own = make_wheel(tmp_path / "own", "acme-tools", "1.0", requires_dist=["kfp<2"])
    axletree("add", own)
    holding(axletree, tmp_path, 'reserved = ["acme-*"]\n')

    ran = axletree("collect", "acme-tools", "--index-url", index.url, "--json")

    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert document["pins"] == {"acme-tools": "1.0", "kfp": "1.8.22"}
    assert document["new"] == ["kfp-1.8.22-py3-none-any.whl"]
    assert not [path for path in index.paths() if "acme" in path]

    newer = make_wheel(tmp_path / "dist", "acme-tools", "1.1")
    ran = axletree(
        *("collect", "acme-tools", "--index-url", index.url, "--json"),
        *("--find-links", newer.parent),
    )
    assert json.loads(ran.out)["pins"] == {"acme-tools": "1.1"}


def test_collect_chooses_nothing_that_was_withdrawn_here(
    axletree: CommandLine, index: Index
) -> None:
    source = ("--index-url", index.url)
    axletree("collect", "kfp", *source)
    axletree("withdraw", "kfp==2.0.1", "--reason", "malware")

    again = axletree("collect", "kfp", *source, "--json")
    only = axletree("collect", "kfp>=2", *source)
    explained = axletree("explain", "kfp>=2", "--upstream", index.url)

    assert json.loads(again.out)["pins"] == {"kfp": "1.8.22"}
    assert only.code == 1
    assert "it was withdrawn here: malware" in " ".join((only.out + only.err).split())
    assert "axletree collect" not in explained.out


def test_audit_and_snapshot_obey_the_policy(
    filled: CommandLine, tmp_path: Path
) -> None:
    warned = "[[warned]]\nreleases = 'kfp<2'\nreason = 'it is old'\n"
    holding(filled, tmp_path, SEED + warned)
    file = tmp_path / "saved.json"

    audited = filled("audit")
    saved = filled("snapshot", "kfp", "-o", file)

    assert audited.code == 1
    said = " ".join(audited.out.split())
    assert "app 1.0 requires kfp>=2" in said
    assert "refused by policy: kfp 2 fails on Kubeflow 1.4" in said
    assert "the policy leaves 1 file out of the snapshot" in " ".join(saved.err.split())
    again = filled("lock", "kfp==1.8.22", "--universe", file)
    assert pins(again.out) == ["kfp==1.8.22"]
    assert "yanked (it is old" in " ".join(again.err.split())


@pytest.mark.parametrize("project", ["acme", "acme-tools"])
def test_a_reserved_name_is_never_taken_from_an_index(
    axletree: CommandLine, tmp_path: Path, index: Index, project: str
) -> None:
    holding(axletree, tmp_path, 'reserved = ["acme-*"]\n')
    source = ("--index-url", index.url)

    locked = axletree("lock", project, *source)
    collected = axletree("collect", project, *source)
    explained = axletree("explain", project, "--upstream", index.url)

    assert (locked.code, collected.code, explained.code) == (1, 1, 1)
    for ran in (locked, collected):
        said = " ".join((ran.out + ran.err).split())
        assert "acme-* is reserved: no index of others may have it" in said
    assert "axletree collect" not in explained.out
    assert published_in(tmp_path / "house") == {}


def test_a_reserved_name_is_ones_own_and_no_other_is_touched(
    axletree: CommandLine, tmp_path: Path, index: Index
) -> None:
    axletree("add", make_wheel(tmp_path, "acme-tools", "1.0"))
    holding(axletree, tmp_path, 'reserved = ["acme-*"]\n')

    assert pins(axletree("lock", "acme-tools").out) == ["acme-tools==1.0"]
    assert axletree("collect", "acmeville", "-i", index.url).code == 0


def test_collect_brings_nothing_that_is_blocked(
    axletree: CommandLine, tmp_path: Path, index: Index
) -> None:
    holding(axletree, tmp_path, SEED)

    assert axletree("collect", "kfp", "-i", index.url).code == 0

    assert list(published_in(tmp_path / "house")) == ["kfp-1.8.22-py3-none-any.whl"]


def test_it_is_shown_as_it_was_set_and_ends_with_an_empty_file(
    filled: CommandLine, tmp_path: Path
) -> None:
    nothing = filled("policy", "show")
    checked = filled("policy", "check", "--json")
    holding(filled, tmp_path, SEED)
    shown = filled("policy", "show")
    document = json.loads(filled("policy", "show", "--json").out)
    holding(filled, tmp_path, "")

    assert (nothing.code, "no policy is set" in nothing.err) == (1, True)
    assert (checked.code, json.loads(checked.out)["affected"]) == (1, [])
    assert json.loads(checked.out)["notes"] == ["no policy is set"]
    assert (shown.code, shown.out) == (0, SEED)
    assert document["blocked"][0]["releases"] == "kfp>=2"
    assert pins(filled("lock", "kfp").out) == ["kfp==2.0.1"]


def test_a_check_sets_nothing_and_says_what_it_would_do(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(SEED)

    ran = filled("policy", "check", file)
    document = json.loads(filled("policy", "check", file, "--json").out)

    assert ran.code == 0
    assert ran.out.startswith("kfp-2.0.1-py3-none-any.whl: hidden: kfp 2 fails")
    assert [each["effect"] for each in document["affected"]] == ["hidden"]
    assert pins(filled("lock", "kfp").out) == ["kfp==2.0.1"]


def test_a_file_that_is_not_there_is_told(
    axletree: CommandLine, tmp_path: Path
) -> None:
    ran = axletree("policy", "set", tmp_path / "nowhere.toml")

    assert ran.code == 2
    assert "the policy cannot be read: No such file" in ran.err


def test_a_file_with_mistakes_is_refused_with_their_lines(
    filled: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("[[blocked]]\nrelease = 'kfp'\nreason = 'x'\n")

    for verb in ("set", "check"):
        ran = filled("policy", verb, file)
        assert ran.code == 2
        assert "line 2: [blocked] 'release' is not known" in " ".join(ran.err.split())
    assert filled("policy", "show").code == 1
