import io
import tarfile
from pathlib import Path

import pytest

from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.model import Strictness
from axletree.wheelhouse.sdist import inspect_sdist
from tests.support.wheels import make_metadata, make_sdist, write_tar_gz, write_zip


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


def test_a_name_older_than_pep_625_is_a_note_where_it_may_enter(
    tmp_path: Path,
) -> None:
    new = make_sdist(tmp_path, "nvidia-ml-py3", "7.352.0")
    old = new.rename(tmp_path / "nvidia-ml-py3-7.352.0.tar.gz")

    found = inspect_sdist(old, old.name, "lenient")

    assert (found.project, found.version) == ("nvidia-ml-py3", "7.352.0")
    assert "PEP 625" in found.notes[0]
    assert "PEP 625" in refusal(old, "strict")


def test_a_zip_is_read_too(tmp_path: Path) -> None:
    members = {
        "demo-1.0/setup.py": b"",
        "demo-1.0/PKG-INFO": make_metadata("demo", "1.0"),
    }
    path = write_zip(tmp_path / "demo-1.0.zip", members)

    assert inspect_sdist(path, path.name, "lenient").project == "demo"


def test_a_renamed_sdist_is_refused(tmp_path: Path) -> None:
    path = make_sdist(tmp_path, "demo", "1.0")

    assert "Version: 1.0, not 2.0" in refusal(path.rename(tmp_path / "demo-2.0.tar.gz"))


def test_an_sdist_of_another_project_is_refused(tmp_path: Path) -> None:
    path = make_sdist(tmp_path, "demo", "1.0").rename(tmp_path / "other-1.0.tar.gz")

    assert "not one of demo" in refusal(path)


def test_an_archive_without_pkg_info_is_refused(tmp_path: Path) -> None:
    path = write_tar_gz(tmp_path / "demo-1.0.tar.gz", {"demo-1.0/setup.py": b""})

    assert "it has no PKG-INFO" in refusal(path)


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


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = make_sdist(tmp_path, "demo", "1.0", files={"zeros": bytes(65 << 20)})

    assert "over 50 times its size" in refusal(path)
