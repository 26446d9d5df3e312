import random
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.checks.inspection import compare_requirements
from axletree.builder.checks.wheel_archive import rewrite_wheel
from axletree.builder.errors import (
    CheckFailedError,
    MetadataDiffersError,
    StampMissingError,
)
from axletree.builder.recipes.redeclared import Redeclared
from axletree.builder.recipes.stamp import Stamp
from axletree.wheelhouse.entry.wheel import inspect_wheel
from tests.support.wheels import make_wheel, wheel_members, write_wheel, write_zip

TIME = datetime(2022, 1, 26, 2, 57, 36, tzinfo=UTC)
STAMP = Stamp(local="axle.1", recipe=Path("thing.toml"))


def test_a_stamp_reaches_every_place_of_the_version(tmp_path: Path) -> None:
    files = {"thing.py": "", "thing-1.0.data/scripts/run": "#!python\n"}
    wheel = make_wheel(tmp_path, "thing", "1.0", files=files)
    stamped = rewrite_wheel(wheel, tmp_path / "out", stamp=STAMP, source_time=TIME)
    assert stamped.name == "thing-1.0+axle.1-py3-none-any.whl"
    with zipfile.ZipFile(stamped) as archive:
        assert archive.namelist() == [
            "thing-1.0+axle.1.data/scripts/run",
            "thing.py",
            "thing-1.0+axle.1.dist-info/METADATA",
            "thing-1.0+axle.1.dist-info/WHEEL",
            "thing-1.0+axle.1.dist-info/RECORD",
        ]
    assert inspect_wheel(stamped, stamped.name, "strict").version == "1.0+axle.1"


def test_the_rest_of_metadata_stays_byte_for_byte(tmp_path: Path) -> None:
    metadata = (
        b"Metadata-Version: 2.1\r\nName: thing\r\nVersion: 1.0\r\n"
        b"Summary: caf\xe9\r\n\r\nVersion: 1.0 of the description\n"
    )
    members = wheel_members("thing", "1.0", metadata=metadata)
    wheel = write_wheel(tmp_path / "thing-1.0-py3-none-any.whl", members)
    stamped = rewrite_wheel(wheel, tmp_path / "out", stamp=STAMP, source_time=TIME)
    with zipfile.ZipFile(stamped) as archive:
        written = archive.read("thing-1.0+axle.1.dist-info/METADATA")
    assert written == metadata.replace(b"Version: 1.0\r", b"Version: 1.0+axle.1\r")


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        ("lib (==1.0)", "lib==1.0", "lib>=1.0"),
        ("Lib-X[B,a]<2,>=1 ; extra == 'x'", 'lib_x[a,b]>=1,<2; extra == "x"', "lib-x"),
        # What no specification has a word for, as setuptools before 66 wrote it.
        ("PyYAML (>=5.1.*)", "PyYAML (>=5.1.*)", "PyYAML>=5.1"),
        ("PyYAML (>=5.1.*)", "pyyaml>=5.1.*", "PyYAML>=5.1"),
        ("odd (>dev) ; python_version > '3'", "odd>dev; python_version>'3'", "odd"),
        ("lib\n  (==1.0)", "lib==1.0", "lib"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_recipe_exchanges_is_declared_and_all_else_stays(
    tmp_path: Path, line: str, old: str, new: str, end: str
) -> None:
    head = ["Metadata-Version: 2.1", "Name: thing", "Version: 1.0", "requires-dist: z"]
    rest = ["Requires-Dist: z (>1)", "", "Requires-Dist: lib (==1.0)", ""]

    def spelled(required: str, version: str) -> bytes:
        lines = [*head, f"Requires-Dist: {required}", *rest]
        return end.join(lines).replace(": 1.0", f": {version}", 1).encode()

    metadata = spelled(line.replace("\n", end), "1.0")
    members = wheel_members("thing", "1.0", metadata=metadata)
    wheel = write_wheel(tmp_path / "thing-1.0-py3-none-any.whl", members)
    stamp = replace(STAMP, redeclared=Redeclared(exchanged={old: new}))

    stamped = rewrite_wheel(wheel, tmp_path / "out", stamp=stamp, source_time=TIME)

    with zipfile.ZipFile(stamped) as archive:
        written = archive.read("thing-1.0+axle.1.dist-info/METADATA")
    assert written == spelled(new, "1.0+axle.1")


def test_a_requirement_that_is_not_there_is_not_exchanged(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "thing", "1.0", requires_dist=["lib>=1"])
    stamp = replace(
        STAMP,
        redeclared=Redeclared(
            exchanged={"lib>=1": "lib", "lib>1": "lib", "odd": "odd>1"}
        ),
    )

    with pytest.raises(MetadataDiffersError, match="not require lib>1, odd, which"):
        rewrite_wheel(wheel, tmp_path / "out", stamp=stamp, source_time=TIME)


def test_order_times_and_modes_do_not_matter(tmp_path: Path) -> None:
    one = make_wheel(tmp_path / "one", "thing", "1.0", files={"a.py": "", "b.py": ""})
    with zipfile.ZipFile(one) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    backwards = dict(reversed(members.items()))
    (tmp_path / "two").mkdir()
    two = write_zip(tmp_path / "two" / one.name, backwards)
    written = [
        rewrite_wheel(wheel, tmp_path / f"{wheel.parent.name}-out", source_time=TIME)
        for wheel in (one, two)
    ]
    assert written[0].read_bytes() == written[1].read_bytes()
    assert written[0].name == one.name


def test_a_time_before_1980_becomes_1980(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "thing", "1.0")
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    written = rewrite_wheel(wheel, tmp_path / "out", source_time=epoch)
    with zipfile.ZipFile(written) as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_a_wheel_that_says_another_version_inside_is_refused(tmp_path: Path) -> None:
    metadata = b"Metadata-Version: 2.1\nName: thing\nVersion: 2.0\n\n"
    members = wheel_members("thing", "1.0", metadata=metadata)
    wheel = write_wheel(tmp_path / "thing-1.0-py3-none-any.whl", members)
    with pytest.raises(StampMissingError):
        rewrite_wheel(wheel, tmp_path / "out", stamp=STAMP, source_time=TIME)


def test_a_wheel_without_metadata_is_refused(tmp_path: Path) -> None:
    wheel = write_zip(tmp_path / "thing-1.0-py3-none-any.whl", {"thing.py": b""})
    with pytest.raises(CheckFailedError, match="no METADATA"):
        rewrite_wheel(wheel, tmp_path / "out", source_time=TIME)


def test_a_name_that_leads_out_is_refused(tmp_path: Path) -> None:
    members = wheel_members("thing", "1.0", metadata=b"Name: thing\nVersion: 1.0\n\n")
    wheel = write_wheel(
        tmp_path / "thing-1.0-py3-none-any.whl", {**members, "../out": b""}
    )
    with pytest.raises(CheckFailedError, match="unsafe"):
        rewrite_wheel(wheel, tmp_path / "out", source_time=TIME)


def test_requirements_are_compared_whatever_their_spelling() -> None:
    assert not compare_requirements(
        ["Ray[Serve]==1.5.0", "cloudpickle>=0.8,<=1.4.1"],
        ["cloudpickle (<=1.4.1,>=0.8)", "ray[serve] (==1.5.0)"],
    )


def test_extras_count_only_where_they_are_expected() -> None:
    found = ["a", "pytest ; extra == 'dev'"]
    assert not compare_requirements(["a"], found)
    difference = compare_requirements(["a", "nose; extra == 'dev'"], found)
    assert difference.missing == ('nose; extra == "dev"',)
    assert difference.surplus == ('pytest; extra == "dev"',)


_MEASURE = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from axletree.builder.checks.inspection import check_recipe_wheel, _second_opinion
from axletree.builder.recipes.stamp import Stamp
from axletree.builder.checks.wheel_archive import rewrite_wheel
from axletree.wheelhouse.entry.wheel import inspect_wheel

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
wheel, folder = map(Path, sys.argv[1:])
made = rewrite_wheel(
    wheel,
    folder,
    stamp=Stamp(local="axle.1", recipe=Path("thing.toml")),
    source_time=datetime(2022, 1, 1, tzinfo=UTC),
)
_second_opinion(made)
inspect_wheel(made, made.name, "lenient")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
def test_a_large_member_never_lies_in_memory(tmp_path: Path) -> None:
    # Noise enough that the zeros are no bomb.
    noise = random.Random(1).randbytes(3 << 20)  # noqa: S311  no secret
    files = {"thing/zeros.bin": bytes(128 << 20), "thing/noise.bin": noise}
    wheel = make_wheel(tmp_path, "thing", "1.0", files=files)

    told = subprocess.run(
        [sys.executable, "-c", _MEASURE, wheel, tmp_path / "out"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert int(told.stdout) < 48 << 10  # kB
