"""Listings of variants that an index has come through, as files that may change."""

import hashlib
import json
from pathlib import Path

import pytest

from axletree.server.serving.app import create_app
from tests.support.command_line import CommandLine
from tests.support.index_server import JSON_TYPE, Published
from tests.support.upstream_fields import (
    WHEEL,
    Entry,
    Upstream,
    served,
)

pytestmark = pytest.mark.slow


VARIANTS = "demo-1.0-variants.json"
LISTING = (
    b'{\n "$schema": "x", "variants": {"null": {}, "x86_64_v3": {"x86_64": {}}}}\n'
)


def give_variants(
    upstream: Upstream, content: bytes = LISTING, *, has_hash: bool = True
) -> Entry:
    """Let the index have a listing of variants; return its entry."""
    index = upstream.index
    index.published = [each for each in index.published if each.filename != VARIANTS]
    made = Published(project="demo", filename=VARIANTS, content=content)
    index.published.append(made)
    return {
        "filename": VARIANTS,
        "url": f"../../files/{VARIANTS}",
        "hashes": {"sha256": made.sha256} if has_hash else {},
        "upload-time": "2022-02-01T00:00:00.000000Z",
    }


def collect_with(
    axletree: CommandLine, upstream: Upstream, *entries: Entry, verbose: bool = False
) -> str:
    files = [upstream.entry, *entries]
    body = json.dumps({**upstream.page, "files": files}).encode()
    upstream.index.raw_page = (JSON_TYPE, body)
    how = ["-v"] if verbose else []
    ran = axletree("collect", "demo", *how, "-i", upstream.index.url, "--refresh")
    assert ran.code == 0, ran.err
    return " ".join(ran.err.split())


def variants_at(tmp_path: Path, place: str = "") -> list[tuple[Entry, bytes]]:
    """Follow the links to listings on one of our pages."""
    client = create_app(tmp_path / "house").test_client()
    page = client.get(f"{place}/simple/demo/", headers={"Accept": JSON_TYPE})
    return [
        (entry, client.get("/files/" + entry["url"].partition("/files/")[2]).data)
        for entry in page.get_json(force=True)["files"]
        if entry["filename"] == VARIANTS
    ]


@pytest.mark.parametrize("has_hash", [True, False])
def test_a_listing_of_variants_comes_through_and_so_does_its_change(
    axletree: CommandLine,
    upstream: Upstream,
    tmp_path: Path,
    has_hash: bool,  # noqa: FBT001  an axis
) -> None:
    collect_with(axletree, upstream, give_variants(upstream, has_hash=has_hash))
    [(ours, content)] = variants_at(tmp_path)
    assert content == LISTING
    assert ours == {
        "filename": VARIANTS,
        "url": ours["url"],
        "hashes": {"sha256": hashlib.sha256(LISTING).hexdigest()},
        "size": len(LISTING),
        "yanked": False,
        "upload-time": "2022-02-01T00:00:00.000000Z",
    }
    assert served(tmp_path)["versions"] == ["1.0"]
    html = create_app(tmp_path / "house").test_client().get("/simple/demo/").text
    assert f'{VARIANTS}#sha256={ours["hashes"]["sha256"]}"' in html

    other = LISTING.replace(b"null", b"mkl")
    collect_with(axletree, upstream, give_variants(upstream, other, has_hash=has_hash))
    collect_with(axletree, upstream, give_variants(upstream, other, has_hash=has_hash))

    assert [content for _, content in variants_at(tmp_path)] == [other]
    assert [content for _, content in variants_at(tmp_path, "/g/2")] == [LISTING]
    assert variants_at(tmp_path, "/g/1") == []
    newest = create_app(tmp_path / "house").test_client()
    assert newest.get("/g/4/simple/demo/").status_code == 410
    assert axletree("verify").code == 0


def test_a_listing_of_an_html_page_comes_through(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    give_variants(upstream)
    upstream.index.raw_page = None
    upstream.index.form = "html"
    ran = axletree("collect", "demo", "-i", upstream.index.url)
    assert ran.code == 0, ran.err
    assert [content for _, content in variants_at(tmp_path)] == [LISTING]


@pytest.mark.parametrize(
    ("content", "change", "why"),
    [
        (b"<html>", {}, "it is no JSON object"),
        (b" " * (8 << 20), {}, "is larger than"),
        (LISTING, {"hashes": {"sha256": "f" * 64}}, "it has the SHA-256"),
        (LISTING, {"url": "/files/nothing.json"}, "the index answers with HTTP 404"),
    ],
    ids=["no listing", "too large", "other bytes", "not there"],
)
def test_what_is_no_listing_is_noted_and_the_files_come(  # noqa: PLR0913, PLR0917  cases
    axletree: CommandLine,
    upstream: Upstream,
    tmp_path: Path,
    content: bytes,
    change: Entry,
    why: str,
) -> None:
    entry = give_variants(upstream, content) | change
    said = collect_with(axletree, upstream, entry, verbose=True)
    assert f"{VARIANTS}: this listing of variants is not kept: " in said
    assert why in said
    assert [file["filename"] for file in served(tmp_path)["files"]] == [WHEEL]


def test_odd_entries_of_listings_keep_nothing_out(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    entry = give_variants(upstream)
    names = (
        "../../demo-1.0-variants.json",
        "Demo-1.0-variants.json",
        "other-1.0-variants.json",
        "demo-1.0-x-variants.json",
        "demo-2.0-variants.json",
        "-variants.json",
    )
    odd = ({"hashes": {"sha256": 5}}, {"url": "ftp://x.invalid/y"}, {"url": None})
    entries = [entry | {"filename": name} for name in names]
    collect_with(axletree, upstream, *entries, *(entry | each for each in odd))
    assert [file["filename"] for file in served(tmp_path)["files"]] == [WHEEL]


def test_wheels_with_a_variant_label_are_passed_over_beside_their_listing(
    axletree: CommandLine, upstream: Upstream, tmp_path: Path
) -> None:
    labelled = [
        {**upstream.entry, "filename": f"demo-{version}-py3-none-any-{label}.whl"}
        for version, label in (("1.0", "null"), ("1.0-1", "x86_64_v3"), ("2.0", "mkl"))
    ]
    collect_with(axletree, upstream, *labelled, give_variants(upstream))
    names = [file["filename"] for file in served(tmp_path)["files"]]
    assert names == [WHEEL, VARIANTS]
    asked = axletree("explain", "demo==2.0", "-i", upstream.index.url, "--no-repairs")
    assert asked.code == 1
    assert "it is a variant wheel, which is not chosen" in " ".join(asked.out.split())


def test_a_listing_goes_on_by_an_exported_site_and_by_a_backup(
    axletree: CommandLine,
    upstream: Upstream,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collect_with(axletree, upstream, give_variants(upstream))
    assert axletree("export-site", tmp_path / "site").code == 0
    assert axletree("backup", tmp_path / "backup").code == 0
    [exported] = (tmp_path / "site").rglob("*-variants.json")
    assert exported.read_bytes() == LISTING

    for number, way in enumerate(("site", "backup")):
        home = tmp_path / f"house{number}"
        monkeypatch.setenv("AXLETREE_HOME", str(home))
        if way == "site":
            simple = (tmp_path / "site" / "simple").as_uri()
            ran = axletree("collect", "demo", "-i", simple)
        else:
            ran = axletree("restore", tmp_path / "backup")
        assert ran.code == 0, ran.err
        page = create_app(home).test_client().get("/simple/demo/").text
        assert f">{VARIANTS}</a>" in page
        shown = axletree("show", VARIANTS)
        assert hashlib.sha256(LISTING).hexdigest() in shown.out
