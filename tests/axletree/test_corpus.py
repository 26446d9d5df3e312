"""Whatever stands in a requirements file gives one clear error, and soon.

A process that hangs is stopped by `run_process`; so is what would take a minute.
"""

import tomllib
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, run_process, write_universe

REFUSED = tomllib.loads(
    (Path(__file__).parents[1] / "corpus/refused.toml").read_text()
)["case"]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: ascii(case["text"][:40]))
def test_a_file_that_cannot_be_used_gives_one_error(
    axletree: CommandLine, clash: Path, case: dict[str, object]
) -> None:
    repeated = str(case.get("repeat", "@")) * int(str(case.get("times", 1)))
    text = str(case["text"])
    text = text.replace("@", repeated) if "repeat" in case else text
    Path("in.txt").write_bytes(text.encode(str(case.get("bytes", "utf-8"))))

    ran = axletree("lock", "-r", "in.txt", "--universe", clash, "--json")

    document = ran.document("error")
    assert ran.code == 2
    assert document["reference"] == "invalid-requirement"
    assert str(case["what"]) in str(document["what"])
    assert str(case["hint"]) in f"{document['hint']} {document['what']}"
    assert len(str(document["what"])) < 10_000


def test_includes_without_end_give_one_error(
    axletree: CommandLine, clash: Path
) -> None:
    for number in range(100):
        Path(f"{number}.txt").write_text(f"-r {number + 1}.txt")

    for option in ("-r", "--override"):
        words = ("lock", "left", option, "0.txt", "--universe", clash)
        ran = axletree(*words)

        assert ran.code == 2
        assert "more than 50 files include one another" in ran.err


@pytest.mark.slow
def test_a_project_beyond_measure_gives_one_error(
    axletree: CommandLine, clash: Path
) -> None:
    groups = (f'g{n} = [{{include-group = "g{n + 1}"}}]' for n in range(3000))
    Path("groups.toml").write_text("\n".join(("[dependency-groups]", *groups)))
    Path("deep.toml").write_text("a = " + "[" * 5000 + "]" * 5000)

    group = axletree("lock", "--group", "groups.toml:g0", "--universe", clash)
    deep = axletree("lock", "-r", "deep.toml", "--universe", clash)

    assert (group.code, deep.code) == (2, 2)
    assert "more than 50 dependency groups include one another" in group.err
    assert "nested more than" in deep.err


@pytest.mark.parametrize(
    "line", ["two; " + "(" * 5000 + "os_name == 'x'" + ")" * 5000, "two==" + "9" * 5000]
)
def test_metadata_beyond_measure_forbids_that_file_alone(
    axletree: CommandLine, tmp_path: Path, line: str
) -> None:
    universe = write_universe(tmp_path / "u.json", {"one 1": [], "one 2": [line]})

    ran = axletree("lock", "one", "--universe", universe)

    assert "one==1" in ran.out


@pytest.mark.slow
def test_ten_thousand_roots_are_locked_or_refused(
    axletree: CommandLine, tmp_path: Path
) -> None:
    del axletree
    names = [f"p{number}" for number in range(10_000)]
    universe = write_universe(
        tmp_path / "u.json", {f"{name} {v}": [] for name in names for v in (1, 2)}
    )
    Path("in.txt").write_text("\n".join(f"{name}>=2" for name in names))
    Path("none.txt").write_text("\n".join(f"{name}>=3" for name in names))

    words = ("--universe", universe, "--format", "constraints")
    locked = run_process("lock", "-r", "in.txt", *words)
    refused = run_process("lock", "-r", "none.txt", *words)

    assert (locked.code, refused.code) == (0, 1)
    assert locked.out.count("==2\n") == len(names)
    assert "you require p0>=3, but there is no such version here" in refused.out
