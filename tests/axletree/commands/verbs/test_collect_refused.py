"""`axletree collect` where the index does wrong: each file is named, the others stay."""

from pathlib import Path

from axletree.resolver.model.json_types import JsonObject
from tests.support.collecting import APP, BASE, LARGE, downloads
from tests.support.command_line import CommandLine
from tests.support.failures import refuse
from tests.support.index_server import Index
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_metadata, make_wheel


def missing(document: JsonObject) -> dict[str, str]:
    """Give what did not come, with the reasons."""
    found = document["missing"]
    assert isinstance(found, list)
    return {part["filename"]: part["reason"] for part in found}


def test_a_file_that_was_changed_on_the_index_is_named_and_the_others_stay(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    base = next(file for file in index.published if file.filename == BASE)
    content, base.promised_sha256 = base.content, base.sha256
    base.content = content[:-1] + b"x"
    words = ("collect", "app", "-i", index.url)

    code, document = refuse(axletree, *words)

    assert (code, document["reference"]) == (4, "incomplete-collection")
    assert missing(document) == {
        BASE: f"{BASE} does not have the hash that the index promises "
        f"(see {index.origin}/files/{BASE})"
    }
    assert index.url in str(document["where"])
    assert published_in(tmp_path / "house").keys() == {APP, LARGE}
    base.content = content
    index.asked.clear()
    assert axletree(*words).code == 0
    assert downloads(index) == [BASE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE, LARGE}


def test_of_several_bad_files_each_is_named_and_the_gravest_decides(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    base, large = (
        next(file for file in index.published if file.filename == name)
        for name in (BASE, LARGE)
    )
    base.promised_sha256, base.content = base.sha256, b"other bytes"
    large.content, whole = b"no wheel at all", large.content
    large.metadata = make_metadata("large", "1")
    words = ("collect", "app", "-i", index.url)

    both = axletree(*words)
    base.promised_sha256, base.content = (
        "",
        make_wheel(tmp_path / "again", "base", "1").read_bytes(),
    )
    one = axletree(*words, "--refresh")
    large.content = whole
    none = axletree(*words, "--refresh")

    assert (both.code, one.code, none.code) == (4, 1, 0)
    assert "2 files could not be collected" in both.err
    assert f"\n  {BASE}: {BASE} does not have the hash" in both.err
    assert f"\n  {LARGE}: not a valid wheel: its archive is damaged" in one.err
    assert BASE not in one.err
    assert published_in(tmp_path / "house").keys() == {APP, BASE, LARGE}


def test_a_listed_file_that_is_not_there_is_named_and_the_others_stay(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    index.misdeeds[f"/files/{LARGE}"].extend([404] * 2)

    code, document = refuse(axletree, "collect", "app", "-i", index.url)

    assert code == 1
    assert [*missing(document)] == [LARGE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE}


def test_an_index_that_nobody_serves_is_exit_3(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("collect", "base", "-i", index.url)
    gone = "http://127.0.0.1:9/simple/"

    # Once: how many milliseconds it took is said as well.
    ran = axletree("collect", "app", "-i", gone, "--json")

    document = ran.document("error")
    assert (ran.code, document["reference"]) == (3, "unreachable-index")
    assert str(document["where"]).startswith(gone)
    assert published_in(tmp_path / "house").keys() == {BASE}


def test_an_index_that_goes_away_after_its_pages_is_exit_3_and_can_be_gone_on_with(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    words = ("collect", "app", "-i", index.url)
    index.misdeeds[f"/files/{LARGE}"].extend([503] * 2)

    code, document = refuse(axletree, *words)

    assert (code, document["reference"]) == (3, "incomplete-collection")
    assert [*missing(document)] == [LARGE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE}
    index.asked.clear()
    assert axletree(*words).code == 0
    assert downloads(index) == [LARGE]
    assert published_in(tmp_path / "house").keys() == {APP, BASE, LARGE}
