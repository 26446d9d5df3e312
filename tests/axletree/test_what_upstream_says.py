"""Each field of an index's JSON that is about a file or a project comes through.

From the page of an index, by a collect, into the wheelhouse, and onto our own page.
"""

import hashlib
import json
from pathlib import Path

import pytest

from axletree.server.serving.app import create_app
from tests.support.command_line import CommandLine
from tests.support.index_server import JSON_TYPE
from tests.support.upstream_fields import (
    WHEEL,
    Upstream,
    give_provenance,
    served,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "field", ["filename", "hashes", "size", "requires-python", "upload-time"]
)
def test_a_field_of_a_file_comes_through(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path, field: str
) -> None:
    upstream.collect(axletree)
    [ours] = served(tmp_path)["files"]
    assert ours[field] == upstream.entry[field]


def test_the_metadata_that_is_offered_is_the_wheel_s_own(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    upstream.collect(axletree)
    [ours] = served(tmp_path)["files"]
    url = "/files/" + ours["url"].partition("/files/")[2] + ".metadata"
    metadata = create_app(tmp_path / "house").test_client().get(url).data
    digest = hashlib.sha256(metadata).hexdigest()
    assert ours["core-metadata"] == {"sha256": digest}


@pytest.mark.parametrize(
    ("said", "expected"),
    [(False, False), (True, True), ("loses data", "loses data"), ("", False)],
)
def test_a_yank_comes_through_with_its_reason(
    axletree: CommandLine,
    upstream: Upstream,
    tmp_path: Path,
    said: bool | str,  # noqa: FBT001  JSON's own
    expected: bool | str,  # noqa: FBT001  as above
) -> None:
    upstream.collect(axletree)
    upstream.entry["yanked"] = said
    upstream.index.published[0].yanked = None
    body = json.dumps({**upstream.page, "files": [upstream.entry]}).encode()
    upstream.index.raw_page = (JSON_TYPE, body)
    ran = axletree("collect", "demo==1.0", "-i", upstream.index.url, "--refresh")
    assert ran.code == 0, ran.err
    [ours] = served(tmp_path)["files"]
    assert ours["yanked"] == expected


def test_a_yank_that_is_taken_back_is_so_here(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    for said in ("broken", False):
        upstream.entry["yanked"] = said
        body = json.dumps({**upstream.page, "files": [upstream.entry]}).encode()
        upstream.index.raw_page = (JSON_TYPE, body)
        ran = axletree("collect", "demo==1.0", "-i", upstream.index.url, "--refresh")
        assert ran.code == 0, ran.err
        [ours] = served(tmp_path)["files"]
        assert ours["yanked"] == said


@pytest.mark.parametrize("marker", ["archived", "deprecated"])
@pytest.mark.parametrize("reason", ["", "see other"])
def test_a_status_comes_through_with_its_reason(
    axletree: CommandLine,
    upstream: Upstream,
    tmp_path: Path,
    marker: str,
    reason: str,
) -> None:
    said = {"status": marker, **({"reason": reason} if reason else {})}
    upstream.page["project-status"] = said
    upstream.collect(axletree)
    assert served(tmp_path)["project-status"] == said

    del upstream.page["project-status"]
    upstream.collect(axletree)
    assert served(tmp_path)["project-status"] == {"status": "active"}


@pytest.mark.parametrize(
    "said", [None, 7, "archived", [], {}, {"status": "gone"}, {"status": []}]
)
def test_what_is_no_status_says_nothing(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path, said: object
) -> None:
    upstream.page["project-status"] = said
    upstream.collect(axletree)
    assert served(tmp_path)["project-status"] == {"status": "active"}


def test_nothing_is_collected_of_a_quarantined_project(
    axletree: CommandLine, upstream: Upstream
) -> None:
    upstream.page["project-status"] = {"status": "quarantined", "reason": "stolen"}
    upstream.entry["filename"] = WHEEL
    body = json.dumps({**upstream.page, "files": [upstream.entry]}).encode()
    upstream.index.raw_page = (JSON_TYPE, body)
    ran = axletree("collect", "demo", "-i", upstream.index.url)
    assert ran.code == 1
    assert "the project is quarantined: stolen" in " ".join((ran.out + ran.err).split())


def test_what_was_said_by_hand_stays(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    upstream.entry["yanked"] = "broken"
    upstream.collect(axletree, code=1)
    upstream.entry["yanked"] = False
    upstream.collect(axletree)
    axletree("yank", "demo", "--reason", "ours")
    axletree("status", "demo", "deprecated", "--reason", "ours")
    upstream.page["project-status"] = {"status": "archived"}

    upstream.collect(axletree)

    page = served(tmp_path)
    assert page["files"][0]["yanked"] == "ours"
    assert page["project-status"] == {"status": "deprecated", "reason": "ours"}


def test_a_status_of_an_html_page_comes_through(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    file = upstream.entry
    upstream.index.raw_page = (
        "text/html",
        f"""<!DOCTYPE html><html><head>
        <meta name="pypi:repository-version" content="1.4">
        <meta name="pypi:project-status" content="archived">
        <meta name="pypi:project-status-reason" content="no &amp; more">
        </head><body><a href="{file["url"]}#sha256={file["hashes"]["sha256"]}"
        >{WHEEL}</a></body></html>""".encode(),
    )
    ran = axletree("collect", "demo", "-i", upstream.index.url)
    assert ran.code == 0, ran.err
    assert served(tmp_path)["project-status"] == {
        "status": "archived",
        "reason": "no & more",
    }


OF_A_FILE = {
    # Source: PEP 691, 592, 700, 714, 740. Of signatures (`gpg-sig`) nothing is kept:
    # no index gives any since 2023, and no installer has read them.
    *("filename", "url", "hashes", "size", "upload-time", "requires-python"),
    # `dist-info-metadata` is the name that pip misread (PEP 714).
    *("yanked", "core-metadata", "provenance"),
}


def test_no_field_of_a_file_is_forgotten(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    give_provenance(upstream)
    upstream.entry |= {"gpg-sig": True, "x-other": 1}

    upstream.collect(axletree)

    [ours] = served(tmp_path)["files"]
    assert ours.keys() == OF_A_FILE
    assert ours["url"].endswith(f"/{WHEEL}")


def test_the_page_s_own_fields_are_ours(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    """Of the versions, those that are here; of where else a project is, nothing."""
    upstream.page |= {"versions": ["1.0", "2.0"], "_last-serial": 7}
    upstream.page |= {"alternate-locations": ["https://x.invalid/"]}
    upstream.collect(axletree)
    page = served(tmp_path)
    assert page["name"] == "demo"
    assert page["versions"] == ["1.0"]
    assert page["meta"]["api-version"] == "1.4"
    assert page.keys() == {"meta", "name", "project-status", "versions", "files"}
