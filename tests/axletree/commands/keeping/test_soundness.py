"""What is damaged is named, with 4, and put back from a folder."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.sql import tables
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slow

WHEEL = "demo-1.0-py3-none-any.whl"


def blob(tmp_path: Path) -> Path:
    with Wheelhouse.open_to_read(tmp_path / "house") as house:
        stored = house.find_kept(WHEEL)
        assert stored is not None
        return Path(house.place_of(stored))


def test_all_is_well_or_named(filled: CommandLine, tmp_path: Path) -> None:
    assert filled("verify").out == "4 files checked: all is well\n"
    blob(tmp_path).unlink()

    ran = filled("verify")
    assert (ran.code, ran.out) == (
        4,
        f"damaged: {WHEEL}: its bytes are gone\n4 files checked: 1 damage\n",
    )
    document = filled("verify", "--json").document("verification")
    assert isinstance(document["damages"], list)
    assert len(document["damages"]) == 1

    mended = filled("verify", "--repair", tmp_path)
    assert (mended.code, mended.out) == (
        0,
        f"repaired: {WHEEL}\n4 files checked: all is well\n",
    )
    assert filled("verify", "--repair", tmp_path / "missing").code == 2


def test_of_what_is_damaged_in_the_database_the_backup_is_named(
    filled: CommandLine, tmp_path: Path
) -> None:
    with (
        Wheelhouse.open(tmp_path / "house") as house,
        house.database.writing() as connection,
    ):
        made = datetime.now(UTC)
        row = {"keyid": "k", "public": "junk", "made_at": made}
        connection.execute(insert(tables.keys), row)

    ran = filled("verify")
    assert ran.code == 4
    assert "the public keys cannot be read" in ran.out
    assert "axletree restore DIR" in ran.err
    assert "--repair" not in ran.err


def test_what_may_go_is_shown_first(filled: CommandLine, tmp_path: Path) -> None:
    filled("remove", WHEEL)
    young = filled("gc")
    assert young.out == "spared 1 blob written less than a day ago\n0 B free\n"
    os.utime(blob(tmp_path), (0, 0))

    shown = filled("gc", "--dry-run")

    first, second, third = shown.out.splitlines()
    assert first == f"would remove {WHEEL}: removed, and in no pinned generation"
    assert second == "generations that could not be had any more: 1, 2"
    assert third.endswith(" would be free")
    document = filled("gc", "--dry-run", "--json").document("gc")
    assert (document["is_dry_run"], document["gone"]) == (True, [1, 2])
    assert filled("gc").out.startswith(f"removed {WHEEL}: ")
    gone = filled("list", "--generation", "1")
    assert gone.code == 1
    assert f"generation 1 is gone: gc took {WHEEL}" in gone.err


def test_usage_names_the_largest_projects(filled: CommandLine) -> None:
    ran = filled("du")
    assert ran.code == 0
    assert "4 files" in ran.out
    assert "the database" in ran.out
    assert ran.out.splitlines()[-1].endswith("  other")
    assert filled("du", "--json").document("usage")["files"] == 4


def test_a_backup_is_restored(filled: CommandLine, tmp_path: Path) -> None:
    made = filled("backup", tmp_path / "backup")
    assert made.code == 0
    assert "generation 2 is in " in made.out
    assert ": 4 files, 4 copied (" in made.out
    again = filled("backup", tmp_path / "backup", "--json")
    assert again.document("backup-made")["copied"] == 0
    filled("yank", "demo")

    refused = filled("restore", tmp_path / "backup")
    assert refused.code == 1
    assert "1 generation, which would be lost" in refused.err
    done = filled("restore", tmp_path / "backup", "--force")
    assert "lost: 1 generation made after it; the newest is 4 now" in done.out
    assert filled("list", "--json").document("list")["generation"] == 4
    restored = filled("restore", tmp_path / "backup", "--force", "--json")
    assert restored.document("restored")["files"] == 4


def test_reading_verbs_make_no_wheelhouse(
    axletree: CommandLine, tmp_path: Path
) -> None:
    for words in (["du"], ["verify"], ["gc"], ["gc", "--dry-run"], ["backup", "b"]):
        assert axletree(*words).code == 2
        assert not (tmp_path / "house").exists()
    assert axletree("restore", tmp_path).code == 3
