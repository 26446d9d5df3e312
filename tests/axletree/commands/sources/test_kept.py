"""Tables kept on disk say in `explain` what reading anew says, and spare the reading."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.plain_reader import PlainReader
from axletree.wheelhouse.model import Sha256
from tests.support.command_line import CommandLine
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_sdist, make_wheel

TARGET = ("--python-version", "3.9", "--python-platform", "linux")
CLASH = ("fairing==1.0.2", "serving==0.6.1")


@pytest.fixture(autouse=True)
def clash(tmp_path: Path) -> None:
    files = tmp_path / "made"
    made = [
        make_wheel(files, "fairing", "1.0.2", requires_dist=["kube==10.0.1", "six"]),
        make_wheel(files, "serving", "0.6.1", requires_dist=["kube>=12", "six<2"]),
        make_sdist(files, "serving", "0.5", dynamic=["Requires-Dist"]),
        make_wheel(files, "serving", "0.4.1", requires_dist=["kube>=10"]),
        make_wheel(
            files,
            "serving",
            "0.3",
            requires_dist=["kube>=9", "more; extra != 'a' and extra != 'b'"],
        ),
        make_wheel(files, "kube", "12.0"),
        make_wheel(files, "kube", "10.0.1", requires_python=">=3.6,!=3.9.1"),
        make_wheel(files, "more", "1"),
        make_wheel(files, "six", "1.16"),
        make_wheel(files, "six", "2.0rc1"),
    ]
    publish_all(tmp_path / "house", made)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Sha256]:
    found: list[Sha256] = []
    real = PlainReader.metadata

    def metadata(self: PlainReader, digests: Sequence[Sha256]) -> object:
        found.extend(digests)
        return real(self, digests)

    monkeypatch.setattr(PlainReader, "metadata", metadata)
    return found


def test_an_explanation_is_the_same_from_tables(
    axletree: CommandLine, read: list[Sha256]
) -> None:
    words = ("explain", *TARGET, *CLASH)

    cold = axletree(*words).out
    first = len(read)
    warm = axletree(*words).out
    second = len(read) - first
    # What is counted is read anew.
    counted = axletree(*words, "-v").out.replace(" -v\n", "\n")

    assert "use serving 0.4.1 instead of serving==0.6.1" in cold
    assert "change what serving 0.6.1 requires" in cold
    assert cold == warm == counted
    assert second <= first


def test_what_was_published_meanwhile_is_seen(
    axletree: CommandLine, tmp_path: Path
) -> None:
    words = ("explain", *TARGET, *CLASH)
    axletree(*words)

    later = make_wheel(tmp_path / "made", "serving", "0.5.1", requires_dist=["kube"])
    publish_all(tmp_path / "house", [later])

    assert "0.5.1" in axletree(*words).out


def test_the_quick_way_takes_over_what_an_explanation_has_read(
    axletree: CommandLine, read: list[Sha256]
) -> None:
    axletree("explain", *TARGET, *CLASH)
    read.clear()

    assert "kube==12.0" in axletree("lock", *TARGET, "serving==0.6.1").out
    assert not read


def test_the_cause_is_told_before_what_helps_is_imported(
    axletree: CommandLine,
) -> None:
    words = ("explain", *TARGET, "fairing==1.0.2", "kube==12.0")
    expected = axletree(*words).out
    code = (
        "import sys; from axletree.commands.fast import answer; put = answer.put; "
        "heavy = {'packaging', 'click', 'axletree.commands.results.quick_remedies'}; "
        "answer.put = lambda text: (put(text), "
        "print(*heavy & set(sys.modules), file=sys.stderr)); "
        f"from axletree.start import main; main({list(words)!r})"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert ran.stdout == expected
    first, second, *_ = ran.stderr.splitlines()
    assert not first
    assert "axletree.commands.results.quick_remedies" in second


def test_an_answer_is_left_to_the_command(axletree: CommandLine) -> None:
    words = ("explain", *TARGET, "serving==0.6.1")

    first, second = axletree(*words), axletree(*words)

    assert "There is a solution" in first.out
    assert second == first
