"""`axletree check --baseline`: what is known passes, what is new fails."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.checking import CAUSE, LINUX, Checking, plain, write
from tests.support.command_line import CommandLine, write_universe
from tests.support.schemas import validate

BASELINE = ("--baseline", "known.json")


def test_a_baseline_lets_known_conflicts_pass_and_new_ones_fail(
    check: Checking,
) -> None:
    missing = check("requirements", *BASELINE)
    assert missing.code == 2
    assert "error: there is no baseline there" in missing.err
    assert f"{LINUX[-1]} --baseline known.json --write-baseline" not in missing.out

    written = check("requirements", *BASELINE, "--write-baseline")
    assert written.code == 0
    assert "wrote 1 conflict to known.json" in written.err

    known = check("requirements", *BASELINE)
    assert known.code == 0
    assert known.out.splitlines()[-1] == (
        "1 of 2 has a solution; 1 has none (1 in the baseline)"
    )

    write("requirements/new.txt", "left==2", "right==1")
    new = check("requirements", *BASELINE)
    assert new.code == 1
    assert "requirements/new.txt, Python 3.9 on linux:\n" in new.out
    assert "requirements/clash.txt, Python" not in new.out
    assert new.out.splitlines()[-1] == (
        "1 of 3 has a solution; 2 have none (1 in the baseline)"
    )


def test_a_known_conflict_stays_known_where_its_lines_and_pins_move(
    check: Checking,
) -> None:
    check("requirements", *BASELINE, "--write-baseline")
    write("requirements/clash.txt", "right>=2", "", "# moved", "left<2")

    assert check("requirements", *BASELINE).code == 0


def test_a_new_conflict_in_a_file_with_a_known_one_fails(
    axletree: CommandLine, check: Checking, tmp_path: Path
) -> None:
    releases = {
        "left 1": ["shared==1"], "right 2": ["shared==2"], "shared 1": [], "shared 2": [],
        "up 1": ["common==1"], "down 1": ["common==2"], "common 1": [], "common 2": [],
    }  # fmt: skip
    both = Checking(axletree, write_universe(tmp_path / "both.json", releases))
    del check
    both("requirements/clash.txt", *BASELINE, "--write-baseline")
    write("requirements/clash.txt", "left==1", "right==2", "up", "down")

    ran = both("requirements/clash.txt", *BASELINE, "--json")

    [cell] = plain(ran.document("check"))["cells"]
    assert cell["known"] is False
    assert len(cell["fingerprints"]) == 2
    assert "common" in cell["cause"]


def test_a_conflict_that_is_gone_is_told_with_the_command_that_takes_it_out(
    check: Checking,
) -> None:
    check("requirements", *BASELINE, "--write-baseline")
    write("requirements/clash.txt", "left==1", "right==1")
    ran = check("requirements", *BASELINE)

    assert ran.code == 0
    *_, gone, told, purpose, command, last = ["", *ran.err.splitlines(), ""]
    assert gone == "1 conflict of known.json is gone:"
    assert told == f"  requirements/clash.txt, Python 3.9 on linux: {CAUSE}"
    assert purpose == "To write the baseline again:"
    assert command.startswith("  axletree check requirements --baseline known.json")
    assert command.endswith(" --write-baseline")
    assert last == ""
    check("requirements", *BASELINE, "--write-baseline")
    assert baseline() == []


def test_a_baseline_that_is_written_keeps_what_was_not_checked(
    check: Checking,
) -> None:
    write("requirements/other.txt", "left==2", "right==1")
    check("requirements", *BASELINE, "--write-baseline")
    check("requirements/clash.txt", *BASELINE, "--write-baseline")
    files = [known["file"] for known in baseline()]
    assert files == ["requirements/clash.txt", "requirements/other.txt"]

    Path("requirements/other.txt").unlink()
    check("requirements/clash.txt", *BASELINE, "--write-baseline")
    assert [known["file"] for known in baseline()] == ["requirements/clash.txt"]


def baseline() -> list[dict[str, Any]]:
    document = json.loads(Path("known.json").read_text())
    validate(document, "baseline")
    return list(document["conflicts"])


def test_a_file_that_cannot_be_read_fails_whatever_is_known(check: Checking) -> None:
    write("requirements/bad.txt", "left = 1")
    assert check("requirements", *BASELINE, "--write-baseline").code == 2
    assert len(baseline()) == 1


@pytest.mark.parametrize("text", ["", "[]", "\udcff"])
def test_what_is_no_baseline_is_refused(check: Checking, text: str) -> None:
    Path("known.json").write_bytes(os.fsencode(text))
    for more in ((), ("--write-baseline",)):
        ran = check("requirements", *BASELINE, *more)
        assert ran.code == 2
        assert "error: the baseline cannot be read: " in ran.err


def test_a_baseline_to_write_needs_its_name(check: Checking) -> None:
    ran = check("requirements", "--write-baseline")
    assert ran.code == 2
    assert "name it with --baseline" in ran.err
