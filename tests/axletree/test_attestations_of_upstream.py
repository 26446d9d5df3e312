"""Attestations of an index come through byte for byte (PEP 740)."""

import json
from pathlib import Path

import pytest

from axletree.server.serving.app import create_app
from tests.support.command_line import CommandLine
from tests.support.index_server import JSON_TYPE
from tests.support.upstream_fields import (
    PROVENANCE,
    PROVENANCE_URL,
    WHEEL,
    Entry,
    Upstream,
    give_provenance,
    served,
)

pytestmark = pytest.mark.slow


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
