"""Index pages from records: pure, and run once per change, not per request.

Every page is made in all its bodies at once (HTML and JSON, plain and gzip), each with
its headers, so that answering is choosing. URLs are relative to the page: the index
does not know, nor need to, under which prefix a proxy shows it.
"""

import gzip
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TypeAlias
from urllib.parse import quote

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from axletree.server.answers.negotiation import Format
from axletree.sizes import size_words
from axletree.wheelhouse.model import ACTIVE, ProjectStatus, StoredFile

API_VERSION = "1.4"
"""PEP 629: with versions, sizes and times (PEP 700), and statuses (PEP 792)."""

FOR_A_DAY = "public, max-age=86400"
"""Of what lies under a URL that names its content: it never changes, but is withdrawn."""

PROVENANCE_TYPE = "application/vnd.pypi.integrity.v1+json"
"""Of attestations. Source: PEP 740."""

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Pages carry foreign text (yank reasons, names) and need nothing but their style."""

Headers: TypeAlias = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One page in one format and encoding, ready to send."""

    body: bytes
    etag: str
    """With its quotes; a hash of `body`, hence the same on every replica."""
    headers: Headers
    """For 200, complete."""
    unchanged_headers: Headers
    """For 304."""

    @property
    def size_bytes(self) -> int:
        """Count the bytes of the body."""
        return len(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedPage:
    """One page in all its variants."""

    plain: Mapping[Format, Variant]
    compressed: Mapping[Format, Variant]

    def variant(self, chosen: Format, *, is_gzip: bool) -> Variant:
        """Choose one of the bodies."""
        return (self.compressed if is_gzip else self.plain)[chosen]

    @property
    def size_bytes(self) -> int:
        """Count the bytes of all bodies; both forms of HTML share theirs."""
        bodies = {
            id(each.body): len(each.body)
            for variants in (self.plain, self.compressed)
            for each in variants.values()
        }
        return sum(bodies.values())


def render_project_list(
    projects: Iterable[NormalizedName], *, root: str = "../", is_alone: bool = False
) -> RenderedPage:
    """Render `/simple/`: every project, by name.

    :param root: the way from the page to `/`.
    :param is_alone: there is nothing around the index: no home, no documentation.
    """
    names = sorted(projects)
    html = template("project_list.html").render(
        title="All projects",
        api_version=API_VERSION,
        projects=names,
        ways=[] if is_alone else _ways(root),
    )
    document = {
        "meta": {"api-version": API_VERSION},
        "projects": [{"name": name} for name in names],
    }
    return _page(html, document)


def render_project(
    project: NormalizedName,
    files: Iterable[StoredFile],
    status: ProjectStatus = ACTIVE,
    *,
    root: str = "../../",
    is_alone: bool = False,
) -> RenderedPage:
    """Render `/simple/<project>/`: every file, newest version first.

    Of a quarantined project none is offered.

    :param root: the way from the page to `/`.
    :param is_alone: there is nothing around the index: no home, no documentation.

    Source: PEP 503, 592, 629, 658, 691, 700, 714 and 792.
    """
    offered = () if status.is_quarantined else files
    listed = sorted(offered, key=lambda file: file.filename)
    listed.sort(key=lambda file: _version_order(file.version), reverse=True)
    html = template("project.html").render(
        title=f"Links for {project}",
        api_version=API_VERSION,
        files=[_html_entry(file, root) for file in listed],
        status=status,
        ways=[("../", "All projects"), *([] if is_alone else _ways(root))],
    )
    versions = dict.fromkeys(_normalised(file.version) for file in reversed(listed))
    document = {
        "meta": {"api-version": API_VERSION},
        "name": project,
        "project-status": _json_status(status),
        "versions": list(versions),
        "files": [_json_entry(file, root) for file in listed],
    }
    return _page(html, document)


def _ways(root: str) -> list[tuple[str, str]]:
    """Lead to what is around the index."""
    return [
        (root, "How to install from this index"),
        (f"{root}docs/", "Documentation"),
    ]


def _json_status(status: ProjectStatus) -> dict[str, str]:
    reason = {"reason": status.reason} if status.reason else {}
    return {"status": status.marker, **reason}


def render_home(
    *, root_url: str, host: str, project_count: int, generation: int
) -> bytes:
    """Render `/` for people: what this is, and how to install from it.

    :param root_url: absolute, with a trailing slash, as the reader's client sees it.
    """
    page = template("home.html").render(
        title="Axletree index",
        api_version=API_VERSION,
        root_url=root_url,
        host=host,
        is_plain_http=root_url.startswith("http:"),
        project_count=project_count,
        generation=generation,
    )
    return page.encode()


def render_problem(  # noqa: PLR0913  one for each thing that the page says
    *,
    root: str,
    title: str,
    detail: str,
    hint: str,
    near: Sequence[str],
    near_below: str,
    reference: str,
) -> bytes:
    """Render an error for people.

    :param root: the way from the page that was asked for to `/`.
    :param near_below: where the pages are that may have been meant: `simple/`, `docs/`.
    """
    page = template("problem.html").render(
        title=title,
        api_version=API_VERSION,
        root=root,
        detail=detail,
        hint=hint,
        near=near,
        near_below=near_below,
        reference=reference,
    )
    return page.encode()


def file_url(file: StoredFile, root: str) -> str:
    """Give a file's URL relative to a page from which `root` leads to `/`.

    Content-addressed: another content would have another URL, so clients and proxies
    may keep the answer for as long as it is given out. `+` of local versions is written
    `%2B`.
    """
    return url_below(root, file.filename, file.sha256)


def url_below(root: str, filename: str, sha256: str) -> str:
    """Give a file's URL by its name and hash, as `file_url`."""
    return f"{root}files/{sha256[:2]}/{sha256[2:]}/{quote(filename, safe='')}"


def provenance_url(file: StoredFile, root: str) -> str:
    """Give the URL of the attestations that came with a file (PEP 740)."""
    return f"{file_url(file, root)}.provenance"


def offered_metadata(file: StoredFile) -> str | None:
    """Give the digest of the metadata to offer; None: offer none.

    Wheels only. What an sdist says of itself may be changed by building it, while
    what PEP 658 offers must be what is installed.
    """
    return file.metadata_sha256 if file.kind == "wheel" else None


def _html_entry(file: StoredFile, root: str) -> dict[str, str | None]:
    return {
        "url": file_url(file, root),
        "filename": file.filename,
        "sha256": file.sha256,
        "requires_python": file.requires_python,
        "metadata_sha256": offered_metadata(file),
        "yanked": file.yanked,
        "provenance": provenance_url(file, root) if file.provenance_sha256 else None,
        "note": _note(file),
    }


def _note(file: StoredFile) -> str:
    """Say in a few words what a person wants to know before a download."""
    parts = [size_words(file.size_bytes)]
    if file.upload_time is not None:
        parts.append(file.upload_time.astimezone(UTC).date().isoformat())
    if file.requires_python:
        parts.append(f"Python {file.requires_python}")
    if file.yanked is not None:
        parts.append(f"yanked: {file.yanked}" if file.yanked else "yanked")
    return " · ".join(parts)


def _json_entry(file: StoredFile, root: str) -> dict[str, object]:
    entry: dict[str, object] = {
        "filename": file.filename,
        "url": file_url(file, root),
        "hashes": {"sha256": file.sha256},
        "size": file.size_bytes,
        # An empty string is read as "not yanked" by one installer and as "yanked" by
        # another, so a yank without a reason is a plain true.
        "yanked": False if file.yanked is None else (file.yanked or True),
    }
    if file.requires_python is not None:
        entry["requires-python"] = file.requires_python
    if file.upload_time is not None:
        entry["upload-time"] = _timestamp(file.upload_time)
    metadata_sha256 = offered_metadata(file)
    if file.provenance_sha256 is not None:
        entry["provenance"] = provenance_url(file, root)
    if metadata_sha256:
        # `core-metadata` alone: an old pip fails on `dist-info-metadata` in JSON.
        entry["core-metadata"] = {"sha256": metadata_sha256}
    return entry


def _timestamp(moment: datetime) -> str:
    """Write a time as PEP 700 wants it: UTC, with microseconds, ending in `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _version_order(version: str) -> tuple[bool, Version, str]:
    try:
        return True, Version(version), version
    except InvalidVersion:
        return False, Version("0"), version


def _normalised(version: str) -> str:
    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def _page(html: str, document: Mapping[str, object]) -> RenderedPage:
    as_html, as_json = html.encode(), orjson.dumps(document)
    # mtime 0: the same page must have the same bytes, and so the same ETag, everywhere.
    html_gz = gzip.compress(as_html, compresslevel=6, mtime=0)
    json_gz = gzip.compress(as_json, compresslevel=6, mtime=0)
    return RenderedPage(
        plain=_variants(as_html, as_json),
        compressed=_variants(html_gz, json_gz, encoding="gzip"),
    )


def _variants(html: bytes, json: bytes, encoding: str = "") -> dict[Format, Variant]:
    return {
        Format.HTML: variant_of(html, "text/html; charset=utf-8", encoding),
        Format.SIMPLE_HTML: variant_of(html, Format.SIMPLE_HTML.value, encoding),
        Format.SIMPLE_JSON: variant_of(json, Format.SIMPLE_JSON.value, encoding),
    }


def variant_of(
    body: bytes, content_type: str, encoding: str, *, policy: str = PAGE_POLICY
) -> Variant:
    """Make a body ready to send, with all its headers."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    shared = [
        ("ETag", etag),
        # pip 26.2 and later keeps pages for as long as it is told; `no-cache` lets it
        # keep them and ask each time, so that a publish is seen at once.
        ("Cache-Control", "no-cache"),
        ("Vary", "Accept, Accept-Encoding"),
    ]
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        *([("Content-Encoding", encoding)] if encoding else []),
        *shared,
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", policy),
    ]
    return Variant(body=body, etag=etag, headers=headers, unchanged_headers=shared)


def metadata_answer(
    metadata: bytes, sha256: str, content_type: str = "text/plain; charset=utf-8"
) -> Variant:
    """Make METADATA ready to send, byte for byte as it stands in its file (PEP 658).

    Attestations likewise, as they came (PEP 740).
    """
    shared = [
        ("ETag", f'"{sha256}"'),
        ("Cache-Control", FOR_A_DAY),
        ("X-Content-Type-Options", "nosniff"),
    ]
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(metadata))),
        *shared,
    ]
    return Variant(
        body=metadata, etag=f'"{sha256}"', headers=headers, unchanged_headers=shared
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("axletree.server"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def template(name: str) -> Template:
    """Give one of our templates, which escape what they are given."""
    return _environment().get_template(name)
