"""Files are yanked, removed and withdrawn by name, and what resolves sees it."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

WHEEL = "demo-1.0-py3-none-any.whl"
FAR = ("--exclude-newer", "2100-01-01")


def test_a_yanked_release_is_chosen_by_its_version_alone(filled: CommandLine) -> None:
    ran = filled("yank", "demo==2.0", "--reason", "loses data")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "yanked: demo-2.0-py3-none-any.whl\n1 file (generation 3)\n"
    assert "demo==1.0" in filled("lock", "demo", *FAR).out
    assert "demo==2.0" in filled("lock", "demo==2.0", *FAR).out
    refused = filled("explain", "demo>1", "--no-repairs", *FAR)
    assert refused.code == 1
    assert "yanked" in refused.out

    assert filled("unyank", "demo").out == (
        "not yanked any more: demo-2.0-py3-none-any.whl\n"
        "1 file of 3 changed (generation 4)\n"
    )
    assert "demo==2.0" in filled("lock", "demo", *FAR).out


def test_a_yank_again_has_nothing_to_do(filled: CommandLine) -> None:
    filled("yank", WHEEL)
    ran = filled("yank", WHEEL)
    assert (ran.code, ran.out) == (0, "nothing to do: yanked already (generation 3)\n")


@pytest.mark.parametrize("verb", ["yank", "unyank", "remove", "withdraw"])
def test_each_change_is_told_as_a_document(filled: CommandLine, verb: str) -> None:
    reason = ["--reason", "r"] if verb != "unyank" else []
    ran = filled(verb, "demo", "other==1.0", *reason, "--json")
    document = ran.document("change")
    assert (ran.code, document["action"]) == (0, verb)
    changed = {WHEEL, "demo-1.0.tar.gz", "demo-2.0-py3-none-any.whl"}
    named = document["unchanged" if verb == "unyank" else "files"]
    assert isinstance(named, list)
    assert set(named) == changed | {"other-1.0-py3-none-any.whl"}
    assert document["generation"] == (2 if verb == "unyank" else 3)


def test_a_removed_file_is_not_found_and_comes_again(
    filled: CommandLine, tmp_path: Path
) -> None:
    ran = filled("remove", "demo==2.0", "--reason", "wrong branch")
    assert ran.out == "removed: demo-2.0-py3-none-any.whl\n1 file (generation 3)\n"
    assert "demo==1.0" in filled("lock", "demo", *FAR).out
    again = filled("remove", "demo==2.0")
    assert again.code == 1
    assert "error: demo==2.0 was removed" in again.err

    other = make_wheel(tmp_path / "b", "demo", "2.0", files={"a": b""})
    assert filled("add", other).code == 4
    assert filled("add", tmp_path / other.name).out == "1 new (generation 4)\n"
    assert "demo==2.0" in filled("lock", "demo", *FAR).out


def test_a_withdrawn_file_is_a_fact_with_its_reason(
    filled: CommandLine, tmp_path: Path
) -> None:
    assert filled("withdraw", "demo==2.0").code == 2
    ran = filled("withdraw", "demo==2.0", "--reason", "malware")
    assert ran.out == "withdrawn: demo-2.0-py3-none-any.whl\n1 file (generation 3)\n"

    refused = filled("explain", "demo==2.0", "--no-repairs", *FAR)

    assert refused.code == 1
    assert "it was withdrawn: malware" in " ".join(refused.out.split())
    locked = filled("lock", "demo", *FAR)
    assert "demo==1.0" in locked.out
    added = filled("add", tmp_path / "demo-2.0-py3-none-any.whl")
    assert added.code == 2
    assert "was withdrawn here: malware" in added.err


def test_a_mistyped_name_is_answered_with_what_was_meant(filled: CommandLine) -> None:
    for verb in ("yank", "unyank", "remove", "show"):
        ran = filled(verb, "dmeo")
        assert ran.code == 1
        assert "hint: did you mean demo?" in ran.err
        assert filled(verb, "demo==3.0").code == 1


@pytest.mark.parametrize(
    "words",
    [
        *(["list"], ["show", "demo"], ["log"], ["pin"], ["status", "demo"]),
        *(["yank", "demo"], ["remove", "demo"], ["unyank", "demo"]),
        *(["withdraw", "demo", "--reason", "r"], ["pin", "1"]),
        ["status", "demo", "archived"],
    ],
)
def test_where_there_is_no_wheelhouse_none_is_made(
    axletree: CommandLine, tmp_path: Path, words: list[str]
) -> None:
    ran = axletree(*words, "--json")
    assert ran.code == 2
    assert ran.document("error")["reference"] == "no-wheelhouse"
    assert not (tmp_path / "house").exists()


@pytest.mark.parametrize("odd", ["\udcff", "a\nb\x1b[31m", "x" * 5000, "é \u202e"])
def test_a_reason_and_a_name_may_be_anything(filled: CommandLine, odd: str) -> None:
    assert filled("yank", "demo", "--reason", odd).code == 0
    assert filled("status", "other", "archived", "--reason", odd).code == 0
    assert filled("pin", "1", "--reason", odd).code == 0
    shown = filled("show", "demo").out + filled("log").out + filled("list").out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    for verb in ("yank", "unyank", "remove", "show"):
        assert filled(verb, f"{odd}.whl").code == 1
        assert filled(verb, odd).code == 1
    assert filled("withdraw", "demo", "--reason", odd).code == 0
    assert filled("withdraw", "other", "--reason", " \n ").code == 2
    assert filled("list", "--generation", "9" * 40).code == 2
    assert filled("list", "--generation", "9" * 18).code == 1
    assert filled("pin", "0").code == 1


VARIANTS = "demo-1.0-variants.json"


@pytest.fixture
def listing(filled: CommandLine, tmp_path: Path) -> Path:
    """Add a listing of variants, in generation 3."""
    path = tmp_path / VARIANTS
    path.write_bytes(b'{"$schema": "", "variants": {}}')
    assert filled("add", path).out == "1 new (generation 3)\n"
    return path


def test_a_listing_of_variants_is_removed_and_withdrawn(
    filled: CommandLine, listing: Path
) -> None:
    ran = filled("remove", VARIANTS, "--reason", "wrong")
    assert ran.out == f"removed: {VARIANTS}\n1 file (generation 4)\n"
    again = filled("remove", VARIANTS)
    assert (again.code, f"{VARIANTS} was removed" in again.err) == (1, True)
    assert filled("add", listing).out == "1 new (generation 5)\n"

    ran = filled("withdraw", VARIANTS, "--reason", "by law", "--json")
    assert ran.document("change")["files"] == [VARIANTS]
    again = filled("withdraw", VARIANTS, "--reason", "by law")
    assert again.out == "nothing to do: withdrawn already (generation 6)\n"
    refused = filled("add", listing)
    assert (refused.code, refused.out) == (2, "1 refused (generation 6)\n")
    assert f"{VARIANTS} was withdrawn here: by law" in refused.err
    assert filled("verify").code == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["yank", VARIANTS], "which is not yanked"),
        (["unyank", VARIANTS], "which is not yanked"),
        (["remove", VARIANTS, "demo"], "name them in two commands"),
    ],
)
@pytest.mark.usefixtures("listing")
def test_what_a_listing_does_not_take_is_wrong_usage(
    filled: CommandLine, words: list[str], why: str
) -> None:
    ran = filled(*words)
    assert (ran.code, why in " ".join(ran.err.split())) == (2, True)
    assert filled("show", VARIANTS).out.count("from generation 3 on") == 1


def test_a_listing_is_shown_with_its_past(filled: CommandLine, listing: Path) -> None:
    listing.write_bytes(b'{"$schema": "", "variants": {"null": {}}}')
    assert filled("add", listing).out == "1 new (generation 4)\n"

    brief = filled("show", "demo==1.0").out
    assert brief.endswith(f"listings of variants\n  {VARIANTS}  41 B\n")
    assert "listings of variants" not in filled("show", "demo==2.0").out
    lines = filled("show", VARIANTS).out
    assert "from generation 3 to 3" in lines
    assert "from generation 4 on" in lines
    document = filled("show", "demo", "--json").document("show")
    rows = document["variants"]
    assert isinstance(rows, list)
    spans = [(row["since"], row["until"]) for row in rows]
    assert spans == [(3, 4), (4, None)]


def test_listings_are_added_with_the_wheels_of_a_folder(
    axletree: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    make_wheel(folder, "demo", "1.0")
    for name in (VARIANTS, "demo-2.0-variants.json", "Demo-1.0-variants.json"):
        (folder / name).write_bytes(b'{"$schema": "", "variants": {}}')
    (folder / "demo-3.0-variants.json").write_bytes(b"[]")

    ran = axletree("add", folder)

    assert (ran.code, ran.out) == (2, "2 new, 3 refused (generation 2)\n")
    said = " ".join(ran.err.split())
    assert "file-name: its name is not normalised" in said
    assert "invalid-variants: it is no JSON object" in said
    assert "there is no file in the wheelhouse; add a wheel of that release" in said
    again = json.loads(axletree("add", folder, "--json").out)
    assert again["already_there"] == [WHEEL, VARIANTS]
