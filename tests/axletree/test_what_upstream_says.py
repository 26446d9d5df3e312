"""Each field of an index's JSON that is about a file or a project comes through.

From the page of an index, by a collect, into the wheelhouse, and onto our own page.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from axletree.server.serving.app import create_app
from tests.support.command_line import CommandLine
from tests.support.index_server import JSON_TYPE, Index, Published, serving
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

WHEEL = "demo-1.0-py3-none-any.whl"
Entry = dict[str, Any]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with serving() as served:
        served.publish(
            "demo", make_wheel(tmp_path, "demo", "1.0", requires_python=">=3.8")
        )
        yield served


class Upstream:
    """An index whose page of demo is written by hand."""

    def __init__(self, index: Index) -> None:
        self.index = index
        [file] = index.published
        self.entry: Entry = {
            "filename": WHEEL,
            "url": f"{index.origin}/files/{WHEEL}",
            "hashes": {"sha256": file.sha256},
            "size": len(file.content),
            "requires-python": ">=3.8",
            "upload-time": "2022-01-31T12:30:45.123456Z",
            "yanked": False,
        }
        self.page: Entry = {"meta": {"api-version": "1.4"}, "name": "demo"}

    def collect(self, axletree: CommandLine, *, code: int = 0) -> None:
        body = json.dumps({**self.page, "files": [self.entry]}).encode()
        self.index.raw_page = (JSON_TYPE, body)
        ran = axletree("collect", "demo", "-i", self.index.url, "--refresh")
        assert ran.code == code, ran.err


@pytest.fixture
def upstream(index: Index) -> Upstream:
    return Upstream(index)


def served(tmp_path: Path) -> Entry:
    client = create_app(tmp_path / "house").test_client()
    answer = client.get("/simple/demo/", headers={"Accept": JSON_TYPE})
    page: Entry = answer.get_json(force=True)
    return page


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


# A provenance object as a public index gives it, shortened. Source: PEP 740.
PROVENANCE = (
    b'{ "version": 1,\n "attestation_bundles": [ {"publisher": {"kind": "GitHub", '
    b'"repository": "team/demo"}, "attestations": []} ]}\n'
)
PROVENANCE_URL = f"/files/{WHEEL}.provenance"


def give_provenance(upstream: Upstream, content: bytes = PROVENANCE) -> None:
    """Let the index have attestations of the wheel, and say so."""
    name = f"{WHEEL}.provenance"
    made = Published(project="demo", filename=name, content=content)
    upstream.index.published.append(made)
    upstream.entry["provenance"] = upstream.index.origin + PROVENANCE_URL


def provenance_of(tmp_path: Path, entry: Entry) -> tuple[str, bytes]:
    """Follow the address that our own page gives."""
    url = "/files/" + entry["provenance"].partition("/files/")[2]
    answer = create_app(tmp_path / "house").test_client().get(url)
    assert answer.status_code == 200
    return answer.content_type, answer.data


def test_attestations_come_through_byte_for_byte(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    give_provenance(upstream)
    upstream.collect(axletree)
    [ours] = served(tmp_path)["files"]
    kind, content = provenance_of(tmp_path, ours)
    assert kind == "application/vnd.pypi.integrity.v1+json"
    assert content == PROVENANCE
    html = create_app(tmp_path / "house").test_client().get("/simple/demo/").text
    assert f'data-provenance="{ours["provenance"]}"' in html
    assert "PEP 740" in axletree("show", WHEEL).out
    assert axletree("verify-provenance", WHEEL).code == 1
    assert axletree("verify").code == 0

    assert axletree("export-site", tmp_path / "site").code == 0
    [exported] = (tmp_path / "site").rglob("*.provenance")
    assert exported.read_bytes() == PROVENANCE


def test_attestations_of_what_is_here_already_come_with_the_next_collect(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    upstream.collect(axletree)
    before = served(tmp_path)
    axletree("yank", "demo", "--reason", "ours")
    give_provenance(upstream)
    body = json.dumps({**upstream.page, "files": [upstream.entry]}).encode()
    upstream.index.raw_page = (JSON_TYPE, body)
    ran = axletree("collect", "demo==1.0", "-i", upstream.index.url, "--refresh")
    assert ran.code == 0, ran.err

    [ours] = served(tmp_path)["files"]
    assert ours["yanked"] == "ours"
    assert provenance_of(tmp_path, ours)[1] == PROVENANCE
    client = create_app(tmp_path / "house").test_client()
    frozen = client.get("/g/1/simple/demo/", headers={"Accept": JSON_TYPE})
    [then] = frozen.get_json(force=True)["files"]
    assert "provenance" not in then
    assert "provenance" not in before["files"][0]


def test_attestations_go_on_from_wheelhouse_to_wheelhouse(
    axletree: CommandLine,
    upstream: Upstream,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_provenance(upstream)
    upstream.collect(axletree)
    assert axletree("backup", tmp_path / "backup").code == 0
    monkeypatch.setenv("AXLETREE_HOME", str(tmp_path / "second"))
    assert axletree("restore", tmp_path / "backup").code == 0
    page = create_app(tmp_path / "second").test_client()
    [ours] = page.get("/simple/demo/", headers={"Accept": JSON_TYPE}).get_json(
        force=True
    )["files"]
    assert page.get("/files/" + ours["provenance"].partition("/files/")[2]).data == (
        PROVENANCE
    )


@pytest.mark.parametrize(
    "said", [None, 7, "", [], {}, "ftp://x.invalid/y", "http://[", "javascript:1"]
)
def test_what_is_no_address_of_attestations_is_passed_over(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path, said: object
) -> None:
    upstream.entry["provenance"] = said
    upstream.collect(axletree)
    [ours] = served(tmp_path)["files"]
    assert "provenance" not in ours


def test_what_is_no_address_of_attestations_is_told(
    axletree: CommandLine, upstream: Upstream
) -> None:
    upstream.entry["provenance"] = "ftp://x.invalid/y"
    body = json.dumps({**upstream.page, "files": [upstream.entry]}).encode()
    upstream.index.raw_page = (JSON_TYPE, body)
    ran = axletree("collect", "demo", "-v", "-i", upstream.index.url)
    assert ran.code == 0
    assert (
        f"{WHEEL}: its provenance is not kept: its URL is not an address of http or "
        "https: ftp://x.invalid" in " ".join(ran.err.split())
    )


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"5", b"[" * 100_000])
def test_what_are_no_attestations_are_not_kept_and_the_file_is(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path, content: bytes
) -> None:
    give_provenance(upstream, content)
    body = json.dumps({**upstream.page, "files": [upstream.entry]}).encode()
    upstream.index.raw_page = (JSON_TYPE, body)
    ran = axletree("collect", "demo", "-v", "-i", upstream.index.url)
    assert ran.code == 0
    assert "its provenance is not kept: it is no JSON object" in ran.err
    [ours] = served(tmp_path)["files"]
    assert "provenance" not in ours


def test_attestations_that_could_not_be_told_again_are_not_kept(
    axletree: CommandLine, upstream: Upstream
) -> None:
    give_provenance(upstream, b'{"a":' * 900 + b"1" + b"}" * 900)
    body = json.dumps({**upstream.page, "files": [upstream.entry]}).encode()
    upstream.index.raw_page = (JSON_TYPE, body)
    ran = axletree("collect", "demo", "-v", "-i", upstream.index.url)
    assert "its provenance is not kept: it is nested too deeply" in ran.err
    assert axletree("show", "demo", "--json").code == 0


def test_attestations_that_are_announced_and_not_there_keep_nothing_out(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    upstream.entry["provenance"] = f"{upstream.index.origin}/files/nothing.provenance"
    upstream.collect(axletree)
    [ours] = served(tmp_path)["files"]
    assert "provenance" not in ours


def test_attestations_of_an_html_page_come_through(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    give_provenance(upstream)
    file = upstream.entry
    upstream.index.raw_page = (
        "text/html",
        f"""<!DOCTYPE html><html><body>
        <a href="{file["url"]}#sha256={file["hashes"]["sha256"]}"
        data-provenance="{PROVENANCE_URL}">{WHEEL}</a></body></html>""".encode(),
    )
    ran = axletree("collect", "demo", "-i", upstream.index.url)
    assert ran.code == 0, ran.err
    [ours] = served(tmp_path)["files"]
    assert provenance_of(tmp_path, ours)[1] == PROVENANCE


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
