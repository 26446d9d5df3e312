import bz2
import gzip
import io
import lzma
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.wheelhouse.entry.sdist import inspect_sdist
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.model import Strictness
from tests.support.wheels import (
    make_metadata,
    make_sdist,
    told,
    write_tar_gz,
    write_zip,
)


def refusal(path: Path, strictness: Strictness = "lenient") -> str:
    with pytest.raises(InvalidDistributionError) as caught:
        inspect_sdist(path, path.name, strictness)
    return caught.value.what


def test_a_valid_sdist_tells_what_it_is(tmp_path: Path) -> None:
    path = make_sdist(tmp_path, "Demo.Thing", "1.0", requires_dist=["six"])

    found = inspect_sdist(path, path.name, "strict")

    assert (found.project, found.version) == ("demo-thing", "1.0")
    assert found.metadata is not None


@pytest.mark.parametrize(
    ("metadata_version", "dynamic", "is_kept"),
    [
        ("2.2", [], True),
        ("2.2", ["License-File"], True),
        ("2.2", ["Requires-Dist"], False),
        ("2.1", [], False),
    ],
)
def test_metadata_is_kept_only_if_no_build_can_change_it(
    tmp_path: Path, metadata_version: str, dynamic: list[str], *, is_kept: bool
) -> None:
    path = make_sdist(
        tmp_path, "demo", "1.0", dynamic=dynamic, metadata_version=metadata_version
    )

    found = inspect_sdist(path, path.name, "lenient")

    assert (found.metadata is not None) is is_kept


@pytest.mark.parametrize("form", ["tar", "zip"])
def test_a_static_pyproject_is_kept_as_metadata(tmp_path: Path, form: str) -> None:
    project = '[project]\nname = "demo"\nversion = "1.0"\ndependencies = ["a"]\n'
    files = {"pyproject.toml": project, "tests/pyproject.toml": "[broken"}
    path = make_sdist(tmp_path, "demo", "1.0", metadata_version="2.1", files=files)
    if form == "zip":
        old = make_metadata("demo", "1.0", metadata_version="2.1")
        members = {f"demo-1.0/{name}": text.encode() for name, text in files.items()}
        path = tmp_path / "demo-1.0.zip"
        write_zip(path, {"demo-1.0/PKG-INFO": old, **members})

    found = inspect_sdist(path, path.name, "lenient")

    assert found.metadata is not None
    assert b"Requires-Dist: a\n" in found.metadata


def test_a_name_older_than_pep_625_is_a_note_where_it_may_enter(
    tmp_path: Path,
) -> None:
    new = make_sdist(tmp_path, "nvidia-ml-py3", "7.352.0")
    old = new.rename(tmp_path / "nvidia-ml-py3-7.352.0.tar.gz")

    found = inspect_sdist(old, old.name, "lenient")

    assert (found.project, found.version) == ("nvidia-ml-py3", "7.352.0")
    assert "PEP 625" in told(found.notes)
    assert "PEP 625" in refusal(old, "strict")


def test_a_zip_is_read_too(tmp_path: Path) -> None:
    members = {
        "demo-1.0/setup.py": b"",
        "demo-1.0/PKG-INFO": make_metadata("demo", "1.0"),
    }
    path = write_zip(tmp_path / "demo-1.0.zip", members)

    assert inspect_sdist(path, path.name, "lenient").project == "demo"


def spoiled(folder: Path, filename: str, pkg_info: bytes | None) -> Path:
    """Make an sdist with another PKG-INFO, or with none."""
    members = {"demo-1.0/setup.py": b""}
    if pkg_info is not None:
        members["demo-1.0/PKG-INFO"] = pkg_info
    return write_tar_gz(folder / filename, members)


@pytest.mark.parametrize(
    ("filename", "pkg_info", "said"),
    [
        ("demo-2.0.tar.gz", ("demo", "1.0"), "Version: 1.0, not 2.0"),
        ("demo-1.0.tar.gz", ("demo", "1.0.dev0"), "Version: 1.0.dev0, not 1.0"),
        ("demo-1.0.tar.gz", ("other", "1.0"), "Name: other, not demo"),
        ("demo-1.0.tar.gz", None, "it has no PKG-INFO"),
        ("dill-0.3.1.1.tar.gz", None, "it has no PKG-INFO"),
    ],
)
def test_a_pkg_info_that_a_build_may_correct_is_a_note(
    tmp_path: Path, filename: str, pkg_info: tuple[str, str] | None, said: str
) -> None:
    raw = make_metadata(*pkg_info) if pkg_info else None
    path = spoiled(tmp_path, filename, raw)

    found = inspect_sdist(path, path.name, "lenient")

    name, _, version = filename.removesuffix(".tar.gz").rpartition("-")
    assert (found.project, found.version) == (name, version)
    # What its backend answers decides: nothing of it is told as final.
    assert found.metadata is None
    assert found.requires_python is None
    assert said in told(found.notes)
    assert said in refusal(path, "strict")


def test_whose_an_old_name_is_tells_the_index(tmp_path: Path) -> None:
    path = spoiled(tmp_path, "ibm-cos-sdk-2-1.0.tar.gz", None)
    right, too_short, other = map(
        canonicalize_name, ("ibm-cos-sdk-2", "ibm-cos-sdk", "other")
    )

    found = [
        inspect_sdist(path, path.name, "lenient", project) for project in (right, None)
    ]

    assert [(f.project, f.version) for f in found] == [("ibm-cos-sdk-2", "1.0")] * 2
    for project in (too_short, other):
        with pytest.raises(InvalidDistributionError, match="its file name is not one"):
            inspect_sdist(path, path.name, "lenient", project)


def test_two_pkg_infos_that_differ_count_for_nothing(tmp_path: Path) -> None:
    members = {
        "demo-1.0/PKG-INFO": make_metadata("demo", "1.0"),
        "./demo-1.0/PKG-INFO": make_metadata("demo", "1.0", requires_dist=["evil"]),
    }
    path = write_tar_gz(tmp_path / "demo-1.0.tar.gz", members)

    found = inspect_sdist(path, path.name, "lenient")

    assert found.metadata is None
    assert "it has two PKG-INFO that differ" in told(found.notes)


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".tar.bz2", bz2.compress), (".tar.xz", lzma.compress), (".tgz", gzip.compress)],
)
def test_another_packing_is_a_note_where_it_may_enter(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = make_sdist(tmp_path, "demo", "1.0").read_bytes()
    path = tmp_path / f"demo-1.0{suffix}"
    path.write_bytes(pack(gzip.decompress(packed)))

    found = inspect_sdist(path, path.name, "lenient")

    assert found.metadata is not None
    assert f"it is packed as {suffix}" in told(found.notes)
    assert f"it is packed as {suffix}" in refusal(path, "strict")


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress, gzip.compress])
@pytest.mark.parametrize("spoil", ["cut", "flipped", "followed"])
def test_damage_is_found_in_every_packing(
    tmp_path: Path, pack: Callable[[bytes], bytes], spoil: str
) -> None:
    files = {"noise": random.Random(1).randbytes(100_000)}  # noqa: S311 - no secret
    whole = make_sdist(tmp_path, "demo", "1.0", files=files).read_bytes()
    packed = bytearray(pack(gzip.decompress(whole)))
    if spoil == "cut":
        del packed[-1000:]
    elif spoil == "flipped":
        packed[len(packed) // 2] ^= 0xFF
    else:
        packed += b"something else"
    path = tmp_path / "demo-1.0.tar"
    path.write_bytes(packed)

    if spoil == "followed" and pack is bz2.compress:
        return  # bz2 ignores it, as every installer does.
    assert "its archive is damaged" in refusal(path)


def test_bytes_after_the_end_of_a_tar_are_refused(tmp_path: Path) -> None:
    packed = make_sdist(tmp_path, "demo", "1.0").read_bytes()
    path = tmp_path / "demo-1.0.tar.gz"
    path.write_bytes(gzip.compress(2 * gzip.decompress(packed)))

    assert "bytes follow the end of its archive" in refusal(path)


@pytest.mark.slow
def test_an_xz_that_wants_much_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 512 << 20}]
    tar = gzip.decompress(make_sdist(tmp_path, "demo", "1.0").read_bytes())
    path = tmp_path / "demo-1.0.tar.xz"
    path.write_bytes(lzma.compress(tar, filters=filters))

    assert "its archive is damaged" in refusal(path)


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.95])
def test_a_truncated_sdist_is_refused(tmp_path: Path, kept: float) -> None:
    path = make_sdist(tmp_path, "demo", "1.0", files={"a.py": "x = 1\n" * 999})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])

    assert "its archive is damaged" in refusal(path)


def test_no_archive_at_all_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0.tar.gz"
    path.write_bytes(b"<html>not found</html>")

    assert "its archive is damaged" in refusal(path)


def with_member(path: Path, member: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("demo-1.0/PKG-INFO")
        content = make_metadata("demo", "1.0")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
        archive.addfile(member)
    return path


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member


def device() -> tarfile.TarInfo:
    member = tarfile.TarInfo("demo-1.0/dev")
    member.type = tarfile.CHRTYPE
    return member


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("../evil"),
        tarfile.TarInfo("/etc/evil"),
        link("demo-1.0/link", "/etc/passwd"),
        link("demo-1.0/link", "../../passwd"),
        link("demo-1.0/link", "../passwd", tarfile.LNKTYPE),
        device(),
    ],
    ids=lambda member: f"{member.name} {member.linkname}",
)
def test_an_unsafe_member_is_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    path = with_member(tmp_path / "demo-1.0.tar.gz", member)

    assert repr(member.name) in refusal(path)


def test_a_link_that_stays_inside_is_allowed(tmp_path: Path) -> None:
    path = with_member(
        tmp_path / "demo-1.0.tar.gz", link("demo-1.0/README", "PKG-INFO")
    )

    assert inspect_sdist(path, path.name, "strict").project == "demo"


@pytest.mark.slow
def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = make_sdist(tmp_path, "demo", "1.0", files={"zeros": bytes(65 << 20)})

    assert f"unpacks to more than {64 << 20} bytes" in refusal(path)
