"""The exported site has what the index has, as it was before or as it is now."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.server.answers.errors import NotASiteError
from axletree.server.export import Exported, export_site
from axletree.server.live.policed import Listing
from axletree.wheelhouse.catalog.changes import set_status
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.model import ProjectStatus
from axletree.wheelhouse.policy.keeping import set_policy
from axletree.wheelhouse.sql import tables
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_sdist, make_wheel


@pytest.fixture
def home(tmp_path: Path) -> Path:
    files = [
        make_wheel(tmp_path, "app", "1.0", requires_dist=["lib"]),
        make_wheel(tmp_path, "lib", "1.0"),
        make_sdist(tmp_path, "lib", "2.0"),
    ]
    publish_all(tmp_path / "house", files)
    return tmp_path / "house"


def export(home: Path, site: Path) -> Exported:
    with Wheelhouse.open_to_read(home) as house:
        return export_site(house, site, lambda *_: None)


def listed(site: Path) -> set[str]:
    return {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}


def test_links_of_pages_lead_to_files(home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"

    done = export(home, site)

    assert (done.projects, done.new, done.kept, done.removed) == (2, 3, 0, 0)
    pages = {f"index.{kind}{end}" for kind in ("html", "json") for end in ("", ".gz")}
    for folder in ("simple", "simple/app", "simple/lib"):
        assert {p.name for p in (site / folder).iterdir() if p.is_file()} == pages
    wheels = sorted(path.name for path in site.glob("files/*/*/*"))
    assert wheels == [
        "app-1.0-py3-none-any.whl",
        "app-1.0-py3-none-any.whl.metadata",
        "lib-1.0-py3-none-any.whl",
        "lib-1.0-py3-none-any.whl.metadata",
        "lib-2.0.tar.gz",
    ]
    page = (site / "simple" / "app" / "index.html").read_text()
    link = page.partition('href="../../files/')[2].partition("#")[0]
    assert (site / "files" / link).read_bytes() == (tmp_path / wheels[0]).read_bytes()
    # There is no home and no documentation beside it.
    assert "docs/" not in page
    assert "All projects" in page


def test_the_same_again_changes_nothing_and_new_files_come(
    home: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    export(home, site)
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}

    again = export(home, site)

    assert (again.new, again.kept, again.removed) == (0, 3, 0)
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before
    publish_all(home, [make_wheel(tmp_path, "app", "2.0")])
    assert export(home, site).new == 1


def test_what_is_not_listed_goes(home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    export(home, site)
    before = listed(site)
    old = site / "files" / "00" / "11" / "old-1.0-py3-none-any.whl"
    for path in (old, site / "simple" / "old" / "index.html", site / "left.new"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    assert export(home, site).removed == 3
    assert listed(site) == before
    assert not old.parent.exists()


def test_project_that_lost_its_files_keeps_an_empty_page(
    home: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    export(home, site)
    with Wheelhouse.open(home) as house:
        said = ProjectStatus(marker="quarantined", reason="malware")
        set_status(house, canonicalize_name("app"), said)

    export(home, site)

    page = (site / "simple" / "app" / "index.json").read_text()
    assert '"files":[]' in page
    assert "quarantined" in page
    assert not list(site.glob("files/*/*/app-*"))


def test_reserved_and_blocked_names_have_empty_pages(
    home: Path, tmp_path: Path
) -> None:
    policy = b"""
reserved = ["acme-*", "own"]
[[blocked]]
releases = "evil"
reason = "it steals"
[[blocked]]
releases = "old<2"
reason = "it is old"
"""
    site = tmp_path / "site"
    with Wheelhouse.open(home) as house:
        set_policy(house, policy, "policy.toml")
        done = export_site(house, site, lambda *_: None, Listing(house))

    pages = {p.parent.name for p in site.glob("simple/*/index.json")}
    assert pages == {"app", "lib", "acme", "own", "evil"}
    assert '"files":[]' in (site / "simple" / "evil" / "index.json").read_text()
    assert (
        "it steals (policy.toml, line 4)"
        in (site / "simple" / "evil" / "index.html").read_text()
    )
    assert (site / "reserved.map").read_text() == (
        '"~^/simple/acme-[a-z0-9-]+/$" "acme-*";\n'
    )
    assert done.projects == 2


def test_file_without_its_metadata_is_left_out_and_the_rest_is_written(
    home: Path, tmp_path: Path
) -> None:
    with Wheelhouse.open(home) as house, house.database.writing() as connection:
        [app] = house.files_of(canonicalize_name("app"))
        lost = tables.metadata.c.sha256 == app.metadata_sha256
        connection.execute(tables.metadata.update().where(lost).values(content=b"x"))
    site = tmp_path / "site"

    done = export(home, site)

    assert done.damaged == ("app-1.0-py3-none-any.whl",)
    assert '"files":[]' in (site / "simple" / "app" / "index.json").read_text()
    assert len(list(site.glob("files/*/*/lib-*"))) == 3


def test_folder_of_somebody_else_is_left_alone(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotASiteError):
        export(home, tmp_path)
    assert (tmp_path / "app-1.0-py3-none-any.whl").exists()
