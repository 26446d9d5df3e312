"""auditwheel on real compiled files, of which the needs are known."""

from pathlib import Path

import pytest

from axletree.builder.checks.platform_needs import compiled_members, read_platform_needs
from axletree.builder.errors import CheckFailedError
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.transfer import BuildLog
from tests.support.shared_objects import make_shared_object
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow


def compiled(folder: Path, needs: dict[str, str | None], machine: str = "") -> Path:
    content = make_shared_object(folder / "demo.so", needs, machine=machine)
    files: dict[str, str | bytes] = {
        "demo/_x.abi3.so": content,
        "demo/__init__.py": "",
    }
    return make_wheel(
        folder, "demo", "1.0", tag="cp311-cp311-linux_x86_64", files=files
    )


def test_what_is_compiled_is_found_by_its_first_bytes(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.so": "no", "b.bin": b"\x7fELF...", "c": b""}
    wheel = make_wheel(tmp_path, "demo", "1", files=files)
    assert compiled_members(wheel) == ("b.bin",)


@pytest.mark.parametrize(
    ("needs", "platform", "symbols", "foreign"),
    [
        (
            {"libc.so.6": "GLIBC_2.34"},
            "manylinux_2_34_x86_64",
            ("GLIBC_2.34",),
            (),
        ),
        (
            {"libc.so.6": "GLIBC_2.14"},
            "manylinux_2_17_x86_64",
            ("GLIBC_2.14",),
            (),
        ),
        (
            {"libc.so.6": "GLIBC_2.14", "libnowhere.so.7": None},
            "linux_x86_64",
            ("GLIBC_2.14",),
            ("libnowhere.so.7",),
        ),
        ({"libc.so.6": "GLIBC_2.999"}, "linux_x86_64", ("GLIBC_2.999",), ()),
    ],
)
def test_it_tells_what_a_wheel_needs(  # noqa: PLR0913, PLR0917 - a table's columns
    wall: Sandbox,
    log: BuildLog,
    tmp_path: Path,
    needs: dict[str, str | None],
    platform: str,
    symbols: tuple[str, ...],
    foreign: tuple[str, ...],
) -> None:
    found = read_platform_needs(compiled(tmp_path, needs), wall, log)
    assert (found.platform, found.symbols, found.foreign) == (
        platform,
        symbols,
        foreign,
    )


@pytest.mark.parametrize("python", ["38", "311"])
def test_an_extension_that_needs_nothing_of_the_c_library_has_the_oldest_platform(
    wall: Sandbox, log: BuildLog, tmp_path: Path, python: str
) -> None:
    # wrapt 1.12.1, as built for Python 3.8.
    name = f"demo/_x.cpython-{python}-x86_64-linux-gnu.so"
    entry = "PyInit__x"
    content = make_shared_object(tmp_path / "demo.so", {}, entry=entry)
    tag = f"cp{python}-cp{python}-linux_x86_64"
    wheel = make_wheel(tmp_path, "demo", "1.0", tag=tag, files={name: content})
    found = read_platform_needs(wheel, wall, log)
    assert found.platform == "manylinux_2_5_x86_64"
    assert (found.symbols, found.foreign) == ((), ())


def test_code_for_another_machine_is_refused(
    wall: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    wheel = compiled(tmp_path, {"libc.so.6": "GLIBC_2.14"}, machine="b700")
    with pytest.raises(CheckFailedError, match="no ELF executable"):
        read_platform_needs(wheel, wall, log)


def test_a_damaged_file_is_refused_and_no_bug_of_ours(
    wall: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {"demo/x.so": b"\x7fELF" + b"\x02\x01\x01" * 40}
    wheel = make_wheel(
        tmp_path, "demo", "1", tag="cp311-cp311-linux_x86_64", files=files
    )
    with pytest.raises(CheckFailedError, match="ELFParseError"):
        read_platform_needs(wheel, wall, log)
