import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    UnusableMetadata,
)
from axletree.wheelhouse.errors import WrongHashError
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.public_index import public_index_url
from tests.support.index_server import Form, Index, Ranges
from tests.support.upstream import (
    make_large_wheel,
    make_settings,
    names,
    only_file,
    read_page,
)
from tests.support.wheels import make_metadata, make_sdist, make_wheel, write_zip


def _facts(file: DistributionFile) -> tuple[object, ...]:
    return (
        file.filename,
        file.url,
        file.version,
        file.kind,
        file.tag,
        file.hashes,
        file.requires_python,
        file.upload_time,
        file.yanked,
        file.metadata_hashes,
    )


def _publish_a_mixture(server: Index, folder: Path) -> None:
    old = server.publish("demo", make_sdist(folder, "demo", "0.9"))
    old.yanked = "broken & gone"
    new = server.publish("demo", make_wheel(folder, "demo", "1.0"))
    new.requires_python = ">=3.6,<4"
    new.metadata, new.is_metadata_advertised = b"x", True
    server.publish("demo", make_wheel(folder, "demo", "1.1")).upload_time = None
    server.publish("demo", make_wheel(folder, "demo", "1.2")).yanked = ""


def test_html_and_json_pages_say_the_same(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    _publish_a_mixture(server, tmp_path)

    by_json = [_facts(file) for file in read_page(upstream, "demo").files]
    server.form = "html"
    settings = make_settings(tmp_path / "other")
    with UpstreamIndex(settings, server.url) as second:
        by_html = [_facts(file) for file in read_page(second, "demo").files]

    assert by_json == by_html
    assert [row[8] for row in by_json[:2]] == ["broken & gone", None]


def test_a_missing_project_is_none_and_the_others_are_there(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    server.publish("demo", make_wheel(tmp_path, "demo", "1.0"))

    pages = upstream.pages(names("absent", "demo"))

    assert [(name, page is None) for name, page in pages.items()] == [
        ("absent", True),
        ("demo", False),
    ]


def test_a_page_is_read_once_and_its_files_stay_the_same(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    server.publish("demo", make_wheel(tmp_path, "demo", "1.0"))

    first, second = only_file(upstream, "demo"), only_file(upstream, "demo")

    assert first is second
    assert server.paths() == ["/simple/demo/"]


def test_many_pages_come_in_one_batch(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    projects = names(*(f"demo{number}" for number in range(150)))
    for project in projects:
        server.publish(project, make_wheel(tmp_path, project, "1.0"))

    pages = upstream.pages(projects)

    assert [page.project for page in pages.values() if page] == projects
    assert upstream.counters.pages == 150


def test_waiting_for_a_free_connection_is_no_timeout(
    server: Index, tmp_path: Path
) -> None:
    # 100 requests over 32 connections, each 0.5 s: the last begins after the 1 s
    # within which a connection must be there.
    server.delay_s = 0.5
    projects = names(*(f"demo{number}" for number in range(100)))

    settings = make_settings(tmp_path, AXLETREE_TIMEOUT="1")
    with UpstreamIndex(settings, server.url) as upstream:
        assert set(upstream.pages(projects).values()) == {None}


def test_advertised_metadata_is_read_instead_of_the_wheel(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    wheel = server.publish("demo", make_wheel(tmp_path, "demo", "1.0"))
    wheel.metadata = make_metadata("demo", "1.0", requires_dist=["from-metadata-file"])
    wheel.is_metadata_advertised = True
    file = only_file(upstream, "demo")

    answer = upstream.metadata([file])[file]

    assert answer == FileMetadata(requires_dist=("from-metadata-file",))
    assert server.paths()[1:] == [f"/files/{file.filename}.metadata"]


def test_advertised_metadata_with_another_hash_stops_the_run(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    wheel = server.publish("demo", make_wheel(tmp_path, "demo", "1.0"))
    wheel.metadata, wheel.is_metadata_advertised = b"Name: demo\n", True
    file = only_file(upstream, "demo")
    wheel.metadata = b"Name: other\n"

    with pytest.raises(WrongHashError, match=r"\.whl\.metadata does not have the hash"):
        upstream.metadata([file])


def test_advertised_metadata_that_is_missing_is_taken_from_the_wheel(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    path = make_wheel(tmp_path, "demo", "1.0", requires_dist=["six"])
    server.publish("demo", path).is_metadata_advertised = True
    file = only_file(upstream, "demo")

    assert upstream.metadata([file])[file] == FileMetadata(requires_dist=("six",))


@pytest.mark.parametrize("form", ["json", "html"])
@pytest.mark.parametrize("ranges", ["honoured", "ignored", "refused", "mislabelled"])
def test_metadata_of_a_large_wheel_does_not_depend_on_what_the_server_can(
    server: Index, upstream: UpstreamIndex, tmp_path: Path, form: Form, ranges: Ranges
) -> None:
    server.publish("demo", make_large_wheel(tmp_path, "demo", "1.0", needs="six>=1"))
    server.form, server.ranges = form, ranges
    file = only_file(upstream, "demo")

    assert upstream.metadata([file])[file] == FileMetadata(requires_dist=("six>=1",))


@pytest.mark.parametrize("form", ["json", "html"])
def test_the_tail_of_a_large_wheel_is_one_small_request(
    server: Index, upstream: UpstreamIndex, tmp_path: Path, form: Form
) -> None:
    server.publish("demo", make_large_wheel(tmp_path, "demo", "1.0"))
    server.form = form
    file = only_file(upstream, "demo")
    before = upstream.counters

    upstream.metadata([file])

    assert upstream.counters.requests - before.requests == 1
    assert upstream.counters.received_bytes - before.received_bytes <= 32 * 1024


def _with_metadata_first(folder: Path) -> Path:
    noise = random.Random(1).randbytes(100_000)  # noqa: S311 - no secret
    members = {
        "demo-1.0.dist-info/METADATA": make_metadata(
            "demo", "1.0", requires_dist=["far"]
        ),
        "demo/noise.bin": noise,
    }
    return write_zip(folder / "demo-1.0-py3-none-any.whl", members)


def _with_a_long_table(folder: Path, count: int = 200) -> Path:
    members = {f"demo/{number:0200}.py": b"" for number in range(count)}
    members["demo-1.0.dist-info/METADATA"] = make_metadata(
        "demo", "1.0", requires_dist=["far"]
    )
    return write_zip(folder / "demo-1.0-py3-none-any.whl", members)


def _with_a_long_record(folder: Path, first_bytes: int = 0) -> Path:
    noise = random.Random(1).randbytes(  # noqa: S311 - no secret
        100_000 + first_bytes
    )
    members = {
        "demo/noise.bin": noise[:first_bytes],
        **{f"demo/{number:0200}.py": b"" for number in range(500)},
        "demo-1.0.dist-info/METADATA": make_metadata(
            "demo", "1.0", requires_dist=["far"]
        ),
        "demo-1.0.dist-info/RECORD": noise[first_bytes:],
    }
    return write_zip(folder / "demo-1.0-py3-none-any.whl", members)


@pytest.mark.parametrize(
    "make", [_with_metadata_first, _with_a_long_table, _with_a_long_record]
)
def test_metadata_outside_the_tail_costs_one_request_more(
    server: Index,
    upstream: UpstreamIndex,
    tmp_path: Path,
    make: Callable[[Path], Path],
) -> None:
    server.publish("demo", make(tmp_path))
    file = only_file(upstream, "demo")

    assert upstream.metadata([file])[file] == FileMetadata(requires_dist=("far",))
    assert [asked.headers["Range"] is not None for asked in server.asked] == [
        False,
        True,
        True,
    ]


def test_of_a_wheel_that_is_very_large_more_is_asked_for_at_once(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    server.publish("demo", _with_a_long_record(tmp_path, 16_000_000))
    file = only_file(upstream, "demo")
    before = upstream.counters

    assert upstream.metadata([file])[file] == FileMetadata(requires_dist=("far",))

    assert upstream.counters.requests - before.requests == 1
    assert upstream.counters.received_bytes - before.received_bytes < 400_000


def test_a_table_of_contents_that_is_longer_than_a_part_is_read_in_several(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    published = server.publish("demo", _with_a_long_table(tmp_path, 6_000))
    file = only_file(upstream, "demo")
    before = upstream.counters.received_bytes

    assert upstream.metadata([file])[file] == FileMetadata(requires_dist=("far",))

    ranges = [asked.headers["Range"] for asked in server.asked[1:]]
    assert None not in ranges
    assert len(ranges) == len({"tail", "table", "rest of it"})
    read = upstream.counters.received_bytes - before
    assert read < 0.6 * len(published.content)


def test_a_wheel_that_is_none_is_unusable_by_a_named_reason(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    path.write_bytes(b"no zip archive")
    server.publish("demo", path)
    file = only_file(upstream, "demo")

    answer = upstream.metadata([file])[file]

    assert isinstance(answer, UnusableMetadata)
    assert answer.reason.startswith("its metadata cannot be read: it cannot be opened")


def test_a_wheel_of_another_project_is_unusable(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    content = make_wheel(tmp_path, "other", "1.0").read_bytes()
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    path.write_bytes(content)
    server.publish("demo", path)
    file = only_file(upstream, "demo")

    assert upstream.metadata([file])[file] == UnusableMetadata(
        reason="its metadata cannot be read: it has no METADATA of demo"
    )


def test_a_listed_file_that_is_gone_is_unusable(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    server.publish("demo", make_wheel(tmp_path, "demo", "1.0"))
    file = only_file(upstream, "demo")
    server.published.clear()

    assert upstream.metadata([file])[file] == UnusableMetadata(
        reason="the index lists it, but does not have it"
    )


def test_two_releases_are_never_mixed_up_in_a_batch(
    server: Index, upstream: UpstreamIndex, tmp_path: Path
) -> None:
    for number in range(120):
        path = make_wheel(
            tmp_path, "demo", f"1.{number}", requires_dist=[f"dep=={number}"]
        )
        server.publish("demo", path)
    files = read_page(upstream, "demo").files

    answers = upstream.metadata(files)

    assert {
        file.version: answer.requires_dist
        for file, answer in answers.items()
        if isinstance(answer, FileMetadata)
    } == {f"1.{number}": (f"dep=={number}",) for number in range(120)}


def test_the_reader_takes_what_zipfile_takes(tmp_path: Path) -> None:
    # The tail reader is ours; that it reads the archives of the tests as the standard
    # library does makes the tests above mean something.
    with zipfile.ZipFile(_with_metadata_first(tmp_path)) as archive:
        assert archive.testzip() is None


@pytest.mark.public_index
def test_six_is_read_from_the_public_index(tmp_path: Path) -> None:
    from axletree.config import load  # noqa: PLC0415 - only here
    from axletree.environ import process_environment  # noqa: PLC0415 - only here

    settings = load({**process_environment(), "AXLETREE_CACHE_DIR": str(tmp_path)})
    with UpstreamIndex(settings, public_index_url(settings)) as index:
        page = read_page(index, "six")
        file = next(
            file
            for file in page.files
            if file.version == "1.16.0" and file.kind == "wheel"
        )

        assert file.upload_time is not None
        assert file.upload_time.year == 2021
        assert isinstance(index.metadata([file])[file], FileMetadata)
