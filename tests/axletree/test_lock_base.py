"""`axletree lock --base`: a layer that must not move what the one below installed.

The releases and the lines that name numpy, scipy, six, h5py and typing-extensions are
those of the real projects as of 2022-03-01, of the layers tensorflow and tensorflow-full
of the Kubeflow 1.4 notebook images; their other requirements are left out.
"""

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, run_process, write_universe
from tests.support.wheels import make_wheel

RELEASES = {
    "tensorflow 2.5.0": [
        "numpy (~=1.19.2)",
        "h5py (~=3.1.0)",
        "six (~=1.15.0)",
        "typing-extensions (~=3.7.4)",
    ],
    "keras 2.4.3": ["numpy (>=1.9.1)", "scipy (>=0.14)", "h5py"],
    "xgboost 1.4.2": ["numpy", "scipy"],
    "scipy 1.8.0": ["numpy (<1.25.0,>=1.17.3)"],
    "h5py 3.1.0": ['numpy (>=1.17.5) ; python_version == "3.8"'],
    "h5py 3.6.0": ["numpy >=1.17.5"],
    "numpy 1.19.5": [],
    "numpy 1.22.2": [],
    "six 1.15.0": [],
    "six 1.16.0": [],
    "typing-extensions 3.7.4.3": [],
    "typing-extensions 4.1.1": [],
}
LAYER = ("keras==2.4.3", "xgboost==1.4.2")
TARGET = ("--python-version", "3.8", "--python-platform", "linux")


def pins(text: str) -> list[str]:
    """List the pins of a lock."""
    lines = text.splitlines()
    return [line.removesuffix(" \\") for line in lines if line[:1] not in {"#", " "}]


@pytest.fixture
def source(tmp_path: Path) -> tuple[str | Path, ...]:
    """Name the universe and the target."""
    universe = write_universe(tmp_path / "universe.json", RELEASES)
    return ("--universe", universe, *TARGET)


@pytest.fixture
def base(axletree: CommandLine, source: tuple[str | Path, ...]) -> Path:
    """Lock the layer below."""
    axletree("lock", "tensorflow==2.5.0", *source, "-o", "base.txt")
    return Path("base.txt")


def test_a_layer_alone_drifts_and_on_its_base_does_not(
    axletree: CommandLine, source: tuple[str | Path, ...], base: Path
) -> None:
    alone = axletree("lock", *LAYER, *source)
    layered = axletree("lock", *LAYER, *source, "--base", base)

    assert pins(alone.out) == [
        "h5py==3.6.0", "keras==2.4.3", "numpy==1.22.2", "scipy==1.8.0",
        "xgboost==1.4.2",
    ]  # fmt: skip
    assert pins(layered.out) == [
        "h5py==3.1.0", "keras==2.4.3", "numpy==1.19.5", "scipy==1.8.0",
        "xgboost==1.4.2",
    ]  # fmt: skip
    assert "2 of 5 projects are those of the base" in layered.err


def test_json_tells_what_the_base_has(
    axletree: CommandLine, source: tuple[str | Path, ...], base: Path
) -> None:
    ran = axletree("lock", *LAYER, *source, "--base", base, "--json")

    ran.document("resolution")
    held = {pin["name"]: pin["in_base"] for pin in json.loads(ran.out)["pins"]}
    assert held == {
        "h5py": True, "keras": False, "numpy": True, "scipy": False, "xgboost": False,
    }  # fmt: skip


def test_a_conflict_names_the_line_of_the_base(
    axletree: CommandLine, source: tuple[str | Path, ...], base: Path
) -> None:
    line = base.read_text().splitlines().index("numpy==1.19.5 \\") + 1
    asked = ("keras==2.4.3", "numpy>=1.20", *source, "--base", base)

    ran = axletree("lock", *asked)
    explained = axletree("explain", *asked)

    assert ran.code == explained.code == 1
    for out in (ran.out, explained.out):
        assert f"the base pins numpy==1.19.5  (base.txt, line {line})" in out
        assert "base: numpy==1.19.5" in out
    assert "--base base.txt" in ran.err


def test_the_base_comes_before_the_lock_that_is_there(
    axletree: CommandLine, source: tuple[str | Path, ...], base: Path
) -> None:
    words = ("lock", *LAYER, *source, "-o", "lock.txt")
    axletree(*words)

    axletree(*words, "--base", base)

    assert "numpy==1.19.5" in pins(Path("lock.txt").read_text())


def test_what_pip_freeze_prints_is_a_base(
    axletree: CommandLine, source: tuple[str | Path, ...]
) -> None:
    Path("frozen.txt").write_text("numpy==1.19.5\nsomething-else==3\n")

    ran = axletree("lock", *LAYER, *source, "--base", "frozen.txt")

    assert "numpy==1.19.5" in pins(ran.out)
    assert "something-else" not in ran.out


def test_a_pylock_is_a_base_and_a_conflict_names_its_line(
    axletree: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "wheels"
    make_wheel(folder, "one", "1")
    axletree("lock", "one", "-f", folder, "-o", "pylock.base.toml")
    line = Path("pylock.base.toml").read_text().splitlines().index("[[packages]]") + 1
    make_wheel(folder, "one", "2")

    ran = axletree("lock", "one>1", "-f", folder, "--base", "pylock.base.toml")

    assert ran.code == 1
    assert f"the base pins one==1  (pylock.base.toml, line {line})" in ran.out


def test_a_prerelease_of_the_base_is_kept(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(tmp_path / "u.json", {"one 1": [], "one 2rc1": []})
    Path("base.txt").write_text("one==2rc1\n")

    ran = axletree("lock", "one", "--universe", universe, "--base", "base.txt")

    assert pins(ran.out) == ["one==2rc1"]


def test_a_local_version_does_not_pass_for_the_one_in_the_base(
    axletree: CommandLine, tmp_path: Path
) -> None:
    universe = write_universe(tmp_path / "u.json", {"one 1": [], "one 1+axle.1": []})
    Path("base.txt").write_text("one==1\n")

    ran = axletree("lock", "one", "--universe", universe, "--base", "base.txt")

    assert pins(ran.out) == ["one==1"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "base.txt cannot be read"),
        ("one>=1\n", "the base pins nothing"),
        ("one==1\n<<<<\n", "base.txt, line 2"),
    ],
)
def test_a_base_that_is_none_is_an_error(
    axletree: CommandLine, clash: Path, text: str | None, says: str
) -> None:
    if text is not None:
        Path("base.txt").write_text(text)

    ran = axletree("lock", "left", "--universe", clash, "--base", "base.txt")

    assert ran.code == 2
    assert says in ran.err


@pytest.mark.public_index
def test_the_real_layers_drift_as_recorded_and_not_on_their_base(
    tmp_path: Path,
) -> None:
    common = (
        "bokeh==2.3.2 cloudpickle==1.6.0 dill==0.3.4 ipympl==0.7.0 ipywidgets==7.6.3 "
        "jupyterlab-git==0.30.1 matplotlib==3.4.2 pandas==1.2.4 scikit-image==0.18.1 "
        "scikit-learn==0.24.2 scipy==1.7.0 seaborn==0.11.1"
    )
    lower = "jupyterlab==3.0.16 notebook==6.4.0 ipykernel==5.5.5 tensorflow==2.5.0"
    upper = (*common.split(), *LAYER)
    dated = (*TARGET, "--exclude-newer", "2022-03-01", "-i", "public")
    below, on_it, alone = (
        tmp_path / f"{name}.txt" for name in ("below", "on", "alone")
    )

    runs: list[tuple[str | Path, ...]] = [
        (*lower.split(), "-o", below),
        (*upper, "-o", alone),
        (*upper, "--base", below, "-o", on_it),
    ]
    for words in runs:
        ran = run_process("lock", *dated, *words)
        assert ran.code == 0, ran.err

    drifted = {"numpy==1.22.2", "six==1.16.0", "typing-extensions==4.1.1"}
    kept = {"numpy==1.19.5", "six==1.15.0", "typing-extensions==3.7.4.3"}
    assert drifted <= set(pins(alone.read_text()))
    assert kept <= set(pins(on_it.read_text()))
