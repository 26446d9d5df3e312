"""Index pages from records: pure, and run once per change and form, not per request.

A page has four bodies (HTML and JSON, plain and gzip), each with its headers, so that
answering is choosing; those that nobody asks for need not be made. URLs are relative to the page: the index
does not know, nor need to, under which prefix a proxy shows it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from axletree.server.answers.negotiation import Form
from axletree.server.answers.variants import RenderedPage, page_of
from axletree.sizes import size_words
from axletree.wheelhouse.model import (
    ACTIVE,
    ProjectStatus,
    StoredFile,
    VariantsFile,
    variants_beside,
)

API_VERSION = "1.4"
"""PEP 629: with versions, sizes and times (PEP 700), and statuses (PEP 792)."""


def render_project_list(
    projects: Iterable[NormalizedName],
    *,
    root: str = "../",
    is_alone: bool = False,
    form: Form | None = None,
) -> RenderedPage:
    """Render `/simple/`: every project, by name.

    :param root: the way from the page to `/`.
    :param is_alone: there is nothing around the index: no home, no documentation.
    :param form: that is needed; None: all.
    """
    names = sorted(projects)

    def html() -> str:
        return template("project_list.html").render(
            title="All projects",
            api_version=API_VERSION,
            projects=names,
            ways=[] if is_alone else _ways(root),
        )

    def document() -> dict[str, object]:
        return {
            "meta": {"api-version": API_VERSION},
            "projects": [{"name": name} for name in names],
        }

    return page_of(html, document, form)


def render_project(  # noqa: PLR0913  one for each thing that the page says
    project: NormalizedName,
    files: Iterable[StoredFile],
    status: ProjectStatus = ACTIVE,
    *,
    variants: Iterable[VariantsFile] = (),
    root: str = "../../",
    root_url: str = "",
    is_alone: bool = False,
    form: Form | None = None,
) -> RenderedPage:
    """Render `/simple/<project>/`: every file, newest version first.

    Of a quarantined project none is offered. Listings of variants follow the files, as
    far as they are of a release that the page has: installers that do not know them pass
    over what is no distribution.

    :param root: the way from the page to `/`.
    :param root_url: the address of `/`, where it is known: that of attestations has to be
        absolute.
    :param is_alone: there is nothing around the index: no home, no documentation.
    :param form: that is needed; None: all.

    Source: PEP 503, 592, 629, 658, 691, 700, 714, 792 and (draft) 825.
    """
    offered = () if status.is_quarantined else files
    listed = sorted(offered, key=lambda file: file.filename)
    listed.sort(key=lambda file: _version_order(file.version), reverse=True)
    beside = variants_beside(listed, variants)

    def html() -> str:
        return template("project.html").render(
            title=f"Links for {project}",
            api_version=API_VERSION,
            files=[
                *(_html_entry(file, root, root_url) for file in listed),
                *(_html_variants(each, root) for each in beside),
            ],
            status=status,
            ways=[("../", "All projects"), *([] if is_alone else _ways(root))],
        )

    def document() -> dict[str, object]:
        versions = dict.fromkeys(_normalised(file.version) for file in reversed(listed))
        return {
            "meta": {"api-version": API_VERSION},
            "name": project,
            "project-status": _json_status(status),
            "versions": list(versions),
            "files": [
                *(_json_entry(file, root, root_url) for file in listed),
                *(_json_variants(each, root) for each in beside),
            ],
        }

    is_for_all = not any(file.provenance_sha256 for file in listed)
    return page_of(html, document, form, is_for_all=is_for_all)


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


def file_url(file: StoredFile | VariantsFile, root: str) -> str:
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


def _html_entry(file: StoredFile, root: str, root_url: str) -> dict[str, str | None]:
    return {
        "url": file_url(file, root),
        "filename": file.filename,
        "sha256": file.sha256,
        "requires_python": file.requires_python,
        "metadata_sha256": offered_metadata(file),
        "yanked": file.yanked,
        "provenance": provenance_url(file, root_url or root)
        if file.provenance_sha256
        else None,
        "note": _note(file),
    }


def _html_variants(file: VariantsFile, root: str) -> dict[str, str | None]:
    return {
        "url": file_url(file, root),
        "filename": file.filename,
        "sha256": file.sha256,
        "requires_python": None,
        "metadata_sha256": None,
        "yanked": None,
        "provenance": None,
        "note": f"variants of {file.version} · {size_words(file.size_bytes)}",
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


def _json_entry(file: StoredFile, root: str, root_url: str) -> dict[str, object]:
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
        entry["provenance"] = provenance_url(file, root_url or root)
    if metadata_sha256:
        # `core-metadata` alone: an old pip fails on `dist-info-metadata` in JSON.
        entry["core-metadata"] = {"sha256": metadata_sha256}
    return entry


def _json_variants(file: VariantsFile, root: str) -> dict[str, object]:
    entry: dict[str, object] = {
        "filename": file.filename,
        "url": file_url(file, root),
        "hashes": {"sha256": file.sha256},
        "size": file.size_bytes,
        "yanked": False,
    }
    if file.upload_time is not None:
        entry["upload-time"] = _timestamp(file.upload_time)
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
