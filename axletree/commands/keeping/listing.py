"""`axletree list` and `show`: what is in the wheelhouse."""

from collections.abc import Sequence
from functools import partial

import click
from packaging.utils import NormalizedName

from axletree.commands.keeping.project_status import open_to_look
from axletree.commands.keeping.provenance import attestation_rows, attestation_to_json
from axletree.commands.keeping.variants import variants_lines, variants_to_json
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.resolver.model.spelling import counted
from axletree.server.live.policed import Listing as IndexListing
from axletree.sizes import size_words
from axletree.wheelhouse.catalog.naming import NamedFile, NamedRelease, parse_subject
from axletree.wheelhouse.catalog.tallies import Tally
from axletree.wheelhouse.model import ACTIVE, ProjectStatus, StoredFile, VariantsFile
from axletree.wheelhouse.sql.version_lists import (
    count_in,
    newest_in,
    read_versions,
    version_order,
)
from axletree.wheelhouse.upkeep.looking import (
    Listing,
    Particulars,
    Summary,
    look_at,
    look_at_variants,
    summarize,
)


@click.command("list", cls=VerbCommand)
@options_of("list")
def list_projects(
    *,
    generation: int | None,
    view: str | None,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """List the projects in the wheelhouse, each with its newest version."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with reading(settings_for()), open_to_look() as house:
        listed = None
        if view is not None:
            rule = IndexListing(house).through(view)
            listed = partial(rule.listed, generation=generation)
        summary = summarize(house, generation, listed)
        place = house.place
    if console.is_json:
        console.document(_summary_to_json(summary))
        return 0
    if not summary.projects:
        empty = (
            f"the view {view} leaves nothing"
            if view
            else f"the wheelhouse at {place} is empty"
        )
        console.say(empty)
        return 0
    newest = [newest_in(each.versions) for each in summary.projects]
    name_width = max(len(each.project) for each in summary.projects)
    version_width = max(map(len, newest))
    lines = [
        f"{each.project:<{name_width}}  {version:<{version_width}}  {_told(each, summary.status_of(each.project))}\n"
        for each, version in zip(summary.projects, newest, strict=True)
    ]
    size = sum(each.size_bytes for each in summary.projects)
    files = sum(each.file_count for each in summary.projects)
    console.result(
        "".join(lines) + f"{counted(len(lines), 'project')}, {counted(files, 'file')}, "
        f"{size_words(size)} (generation {summary.generation})\n"
    )
    return 0


def _told(tally: Tally, status: ProjectStatus) -> str:
    versions, yanked = count_in(tally.versions)
    parts = [counted(tally.file_count, "file"), size_words(tally.size_bytes)]
    if versions > 1:
        parts.insert(0, counted(versions, "version"))
    if yanked:
        parts.append(f"{yanked} yanked")
    if status != ACTIVE:
        parts.append(_status(status))
    return ", ".join(parts)


def _status(status: ProjectStatus) -> str:
    because = f": {status.reason}" if status.reason else ""
    return f"{status.marker}{because}"


@click.command(cls=VerbCommand)
@options_of("show")
def show(name: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Show all that is known of a project, a release or a file, and of its past."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    subject = parse_subject(name)
    with reading(settings_for()), open_to_look() as house:
        is_variants = isinstance(subject, NamedFile) and subject.is_variants
        found = () if is_variants else look_at(house, subject)
        variants = look_at_variants(house, subject)
        project = found[0].file.stored.project if found else variants[0].project
        status = house.status_of(project)
        generation = house.generation()
    ordered = sorted(
        found, key=lambda each: version_order(each.file.stored.version), reverse=True
    )
    if console.is_json:
        document = _found_to_json(ordered, project, status, generation)
        console.document({**document, "variants": _variants_to_json(variants)})
        return 0
    is_brief = isinstance(subject, NamedRelease) and console.verbosity < 1
    lines = [
        f"{project} is {_status(status)}",
        *_lines(ordered, is_brief=is_brief),
        *variants_lines(variants, is_brief=is_brief),
    ]
    console.result("\n".join(lines) + "\n")
    return 0


def _lines(found: Sequence[Particulars], *, is_brief: bool) -> Sequence[str]:
    lines: list[str] = []
    version = ""
    for each in found:
        if each.file.stored.version != version:
            version = each.file.stored.version
            lines.append(f"{version}")
        lines.append(f"  {each.file.stored.filename}  {_standing(each)}")
        if not is_brief:
            lines += [f"    {name:<15} {text}" for name, text in _details(each)]
    return lines


def _standing(each: Particulars) -> str:
    """Say in a few words how a file is now."""
    file, stored = each.file, each.file.stored
    if stored.withdrawn is not None:
        return f"withdrawn in generation {stored.withdrawn_since}: {stored.withdrawn}"
    if not file.is_listed:
        gone = "" if file.has_bytes else "; its bytes are gone"
        return f"removed in generation {each.listings[-1].until}{gone}"
    if stored.yanked is not None:
        return f"yanked: {stored.yanked}" if stored.yanked else "yanked"
    return size_words(stored.size_bytes)


def _details(each: Particulars) -> Sequence[tuple[str, str]]:
    stored = each.file.stored
    uploaded = stored.upload_time
    rows = [
        ("sha256", stored.sha256),
        ("size", f"{stored.size_bytes} bytes"),
        ("requires Python", stored.requires_python or "any"),
        ("uploaded", f"{uploaded:%Y-%m-%d %H:%M:%S}" if uploaded else "unknown"),
        ("entered", f"{stored.entered_at:%Y-%m-%d %H:%M:%S}, by {stored.origin}"),
    ]
    rows += [("listed", _span(listing)) for listing in each.listings]
    for said in each.attestations:
        rows += attestation_rows(said)
    return rows


def _span(listing: Listing) -> str:
    until = f"to {listing.until - 1}" if listing.until is not None else "on"
    yanked = ""
    if listing.yanked is not None:
        yanked = f", yanked: {listing.yanked}" if listing.yanked else ", yanked"
    return f"from generation {listing.since} {until}{yanked}"


def _summary_to_json(summary: Summary) -> JsonObject:
    return {
        "format": "axletree.list/1",
        "generation": summary.generation,
        "projects": [
            {
                "name": each.project,
                "versions": [
                    {"version": version, "is_yanked": is_yanked}
                    for version, is_yanked in read_versions(each.versions).items()
                ],
                "files": each.file_count,
                "size": each.size_bytes,
                "status": summary.status_of(each.project).marker,
                "reason": summary.status_of(each.project).reason,
            }
            for each in summary.projects
        ],
    }


def _found_to_json(
    found: Sequence[Particulars],
    project: NormalizedName,
    status: ProjectStatus,
    generation: int,
) -> JsonObject:
    return {
        "format": "axletree.show/1",
        "project": project,
        "status": status.marker,
        "reason": status.reason,
        "generation": generation,
        "files": [_file_to_json(each) for each in found],
    }


def _variants_to_json(variants: Sequence[VariantsFile]) -> Json:
    return [variants_to_json(each) for each in variants]


def _file_to_json(each: Particulars) -> JsonObject:
    stored = each.file.stored
    listings: list[Json] = [
        {"since": one.since, "until": one.until, "yanked": one.yanked}
        for one in each.listings
    ]
    return {
        "filename": stored.filename,
        "version": stored.version,
        "kind": stored.kind,
        "sha256": stored.sha256,
        "size": stored.size_bytes,
        "requires_python": stored.requires_python,
        "upload_time": _time(stored, is_upload=True),
        "entered_at": _time(stored, is_upload=False),
        "origin": stored.origin,
        "is_listed": each.file.is_listed and stored.withdrawn is None,
        "has_bytes": each.file.has_bytes,
        "yanked": stored.yanked,
        "withdrawn": stored.withdrawn,
        "listings": listings,
        "provenance": [attestation_to_json(said) for said in each.attestations],
    }


def _time(stored: StoredFile, *, is_upload: bool) -> str | None:
    time = stored.upload_time if is_upload else stored.entered_at
    return None if time is None else time.isoformat()
