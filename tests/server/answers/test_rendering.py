import gzip
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import orjson
import pytest
from packaging.utils import canonicalize_name
from pypi_simple import ProjectPage

from axletree.server.answers.negotiation import Format
from axletree.server.answers.rendering import (
    render_home,
    render_project,
    render_project_list,
)
from axletree.server.answers.variants import RenderedPage
from axletree.wheelhouse.model import (
    PROJECT_MARKERS,
    ProjectMarker,
    ProjectStatus,
    StoredFile,
)
from tests.support.index_sources import record

SPAM = canonicalize_name("spam")


def html_of(page: RenderedPage) -> str:
    return page.plain[Format.HTML].body.decode()


def json_of(page: RenderedPage) -> Any:  # noqa: ANN401 - a JSON document
    return orjson.loads(page.plain[Format.SIMPLE_JSON].body)


def entry_of(file: StoredFile) -> Any:  # noqa: ANN401 - a JSON document
    return json_of(render_project(SPAM, [file]))["files"][0]


def anchor_of(file: StoredFile) -> dict[str, str | None]:
    return anchors_of(html_of(render_project(SPAM, [file])))[0]


def anchors_of(html: str) -> list[dict[str, str | None]]:
    found = []

    class Anchors(HTMLParser):
        def handle_starttag(
            self, tag: str, attrs: list[tuple[str, str | None]]
        ) -> None:
            if tag == "a":
                found.append(dict(attrs))

    Anchors().feed(html)
    return found


def test_json_entry_has_all_that_installers_read() -> None:
    file = replace(
        record("spam-1.0-py3-none-any.whl", b"wheel", b"metadata"),
        requires_python=">=3.6",
    )
    assert entry_of(file) == {
        "filename": "spam-1.0-py3-none-any.whl",
        "url": f"../../files/{file.sha256[:2]}/{file.sha256[2:]}/{file.filename}",
        "hashes": {"sha256": file.sha256},
        "size": 5,
        "yanked": False,
        "requires-python": ">=3.6",
        "upload-time": "2021-03-04T05:06:07.000890Z",
        "core-metadata": {"sha256": file.metadata_sha256},
    }


def test_json_page_names_its_api_version_project_and_versions() -> None:
    files = [
        record("spam-1.10-py3-none-any.whl"),
        record("spam-1.9.tar.gz"),
        record("spam-1.9-py3-none-any.whl"),
        record("spam-1.0.0RC1.tar.gz"),
    ]
    document = json_of(render_project(SPAM, files))
    assert document["meta"] == {"api-version": "1.4"}
    assert document["name"] == "spam"
    assert document["versions"] == ["1.0.0rc1", "1.9", "1.10"]


def test_version_that_is_none_is_listed_last() -> None:
    files = [record("spam-oldest.tar.gz"), record("spam-0.1.tar.gz")]
    document = json_of(render_project(SPAM, files))
    assert [file["filename"] for file in document["files"]] == [
        "spam-0.1.tar.gz",
        "spam-oldest.tar.gz",
    ]


@pytest.mark.parametrize(
    ("yanked", "in_json", "in_html"),
    [(None, False, None), ("", True, ""), ("broken", "broken", "broken")],
)
def test_yank_is_a_bool_or_a_reason(
    yanked: str | None, in_json: object, in_html: str | None
) -> None:
    file = replace(record("spam-1.0.tar.gz"), yanked=yanked)
    assert entry_of(file)["yanked"] == in_json
    assert anchor_of(file).get("data-yanked") == in_html


def test_html_marks_a_yank_without_reason() -> None:
    file = replace(record("spam-1.0.tar.gz"), yanked="")
    assert "data-yanked" in anchor_of(file)


def test_html_does_not_mark_what_is_not_yanked() -> None:
    assert "data-yanked" not in anchor_of(record("spam-1.0.tar.gz"))


def test_json_has_metadata_under_one_key_only() -> None:
    entry = entry_of(record("spam-1.0-py3-none-any.whl", metadata=b"x"))
    assert "core-metadata" in entry
    assert "dist-info-metadata" not in entry
    assert "data-dist-info-metadata" not in entry


def test_html_has_metadata_under_both_names() -> None:
    file = record("spam-1.0-py3-none-any.whl", metadata=b"x")
    anchor = anchor_of(file)
    assert anchor["data-core-metadata"] == f"sha256={file.metadata_sha256}"
    assert anchor["data-dist-info-metadata"] == f"sha256={file.metadata_sha256}"


def test_metadata_not_extracted_is_not_offered() -> None:
    file = record("spam-1.0.tar.gz")
    assert "core-metadata" not in entry_of(file)
    assert "data-core-metadata" not in anchor_of(file)


def test_metadata_of_an_sdist_is_not_offered() -> None:
    assert "core-metadata" not in entry_of(record("spam-1.0.tar.gz", metadata=b"x"))


def test_unknown_times_and_pythons_are_left_out() -> None:
    entry = entry_of(replace(record("spam-1.0.tar.gz"), upload_time=None))
    assert "upload-time" not in entry
    assert "requires-python" not in entry


def test_upload_time_is_told_in_utc() -> None:
    moment = datetime(2022, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    entry = entry_of(replace(record("spam-1.0.tar.gz"), upload_time=moment))
    assert entry["upload-time"] == "2021-12-31T23:00:00.000000Z"


def test_html_escapes_what_files_say() -> None:
    file = replace(
        record("spam-1.0.tar.gz"),
        requires_python='>=3.6,<4 "&',
        yanked='"><script>alert(1)</script>',
    )
    html = html_of(render_project(SPAM, [file]))
    assert "&lt;4" in html
    assert "<script" not in html
    assert anchor_of(file)["data-requires-python"] == '>=3.6,<4 "&'
    assert anchor_of(file)["data-yanked"] == '"><script>alert(1)</script>'


def test_plus_of_a_local_version_is_quoted_in_urls() -> None:
    file = record("spam-1.0+axle.1-py3-none-any.whl")
    assert entry_of(file)["url"].endswith("/spam-1.0%2Baxle.1-py3-none-any.whl")
    html = html_of(render_project(SPAM, [file]))
    assert "/spam-1.0%2Baxle.1-py3-none-any.whl#sha256=" in html
    assert ">spam-1.0+axle.1-py3-none-any.whl</a>" in html


def test_html_page_has_one_anchor_a_file_and_no_other() -> None:
    files = [record("spam-1.0.tar.gz"), record("spam-1.1.tar.gz")]
    html = html_of(render_project(SPAM, files))
    assert html.startswith("<!DOCTYPE html>")
    assert '<meta name="pypi:repository-version" content="1.4">' in html
    assert len(anchors_of(html)) == 2


def test_another_client_library_reads_the_same_from_both_forms() -> None:
    files = [
        replace(
            record("spam-1.0-py3-none-any.whl", metadata=b"x"),
            requires_python=">=3.6,<4",
            yanked="bad",
        ),
        record("spam-1.0.tar.gz"),
    ]
    page = render_project(SPAM, files)
    base = "http://index.invalid/simple/spam/"
    from_html = ProjectPage.from_html("spam", html_of(page), base_url=base)
    from_json = ProjectPage.from_json_data(json_of(page), base_url=base)

    def essence(read: ProjectPage) -> list[tuple[object, ...]]:
        return [
            (
                package.filename,
                package.url,
                package.digests,
                package.requires_python,
                package.is_yanked,
                package.yanked_reason,
                package.metadata_digests,
            )
            for package in read.packages
        ]

    assert essence(from_html) == essence(from_json)


def test_project_list_is_sorted() -> None:
    page = render_project_list([canonicalize_name("b"), canonicalize_name("a")])
    assert json_of(page) == {
        "meta": {"api-version": "1.4"},
        "projects": [{"name": "a"}, {"name": "b"}],
    }
    assert [anchor["href"] for anchor in anchors_of(html_of(page))] == ["a/", "b/"]


def test_compressed_bodies_unpack_to_the_plain_ones() -> None:
    page = render_project(SPAM, [record("spam-1.0.tar.gz")])
    for chosen in Format:
        plain, compressed = page.plain[chosen], page.compressed[chosen]
        assert gzip.decompress(compressed.body) == plain.body
        assert ("Content-Encoding", "gzip") in compressed.headers


def test_compressed_bodies_hold_no_time_of_rendering() -> None:
    page = render_project(SPAM, [record("spam-1.0.tar.gz")])
    assert page.compressed[Format.HTML].body[4:8] == bytes(4)


def test_each_body_has_its_own_etag() -> None:
    page = render_project(SPAM, [record("spam-1.0.tar.gz")])
    bodies = [*page.plain.values(), *page.compressed.values()]
    assert len({body.etag for body in bodies}) == 4


def test_rendering_twice_gives_the_same_etags() -> None:
    files = [record("spam-1.0.tar.gz"), record("spam-1.1.tar.gz")]
    once = render_project(SPAM, files)
    again = render_project(SPAM, reversed(files))
    assert once == again


def test_home_names_the_command_with_the_readers_own_address() -> None:
    html = render_home(
        root_url="https://pkgs.example/python/",
        host="pkgs.example",
        project_count=3,
        generation=7,
    ).decode()
    assert "pip install --index-url https://pkgs.example/python/simple/" in html
    assert "3 projects" in html
    assert "generation 7" in html
    assert "--trusted-host" not in html


def test_home_over_plain_http_says_what_pip_asks_for() -> None:
    html = render_home(
        root_url="http://pkgs:8080/", host="pkgs:8080", project_count=1, generation=1
    ).decode()
    assert "--trusted-host pkgs:8080" in html


def test_the_hash_of_each_file_is_shown() -> None:
    file = record("spam-1.0-py3-none-any.whl")

    assert f">sha256:{file.sha256}<" in html_of(render_project(SPAM, [file]))


@pytest.mark.parametrize("marker", PROJECT_MARKERS)
@pytest.mark.parametrize("reason", ["", 'a <b> & "c"'])
def test_the_status_of_a_project_stands_in_both_forms(
    marker: ProjectMarker, reason: str
) -> None:
    status = ProjectStatus(marker=marker, reason=reason)
    page = render_project(SPAM, [record("spam-1.0.tar.gz")], status)

    document = json_of(page)
    said = {"status": marker, **({"reason": reason} if reason else {})}
    assert document["project-status"] == said
    assert len(document["files"]) == (0 if marker == "quarantined" else 1)
    html = html_of(page)
    assert f'<meta name="pypi:project-status" content="{marker}">' in html
    assert ("pypi:project-status-reason" in html) == bool(reason)
    assert "<b>" not in html
