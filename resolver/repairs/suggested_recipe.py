"""A recipe for the builder, as text, and the wheel that it would build of a release."""

from collections.abc import Mapping, Sequence

from axletree.resolver.inputs.requirement_lines import redact
from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
)
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.shown_text import shown
from axletree.resolver.universe.candidates import Release, Releases

_CONTROLS = (*range(0x20), 0x7F)
_ESCAPES = {at: f"\\u{at:04x}" for at in _CONTROLS} | str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
)


def stamped_version(release: Release, releases: Releases | None) -> str:
    """Return the version with the first free `axle.N` (DESIGN.md 4)."""
    taken = {str(r.version) for r in releases.all} if releases is not None else {""}
    base = f"{release.version}{'.' if release.version.local else '+'}axle"
    number = next(n for n in range(1, len(taken) + 2) if f"{base}.{n}" not in taken)
    return f"{base}.{number}"


def stamped_wheel(
    release: Release, version: str, like: DistributionFile, tag: str = ""
) -> DistributionFile:
    """Describe the wheel that a recipe would build of a release.

    :param like: the file whose metadata it has, as far as no line is changed.
    :param tag: none: that of this file, or a pure one.
    """
    stem = f"{release.project.replace('-', '_')}-{version}"
    tag = tag or like.tag or "py3-none-any"
    return DistributionFile(
        project=release.project,
        filename=safe_name(f"{stem}-{tag}.whl"),
        version=version,
        kind="wheel",
        tag=tag,
        requires_python=like.requires_python,
        upload_time=like.upload_time,
    )


def suggest_recipe(  # noqa: PLR0913  one argument for each part of the recipe
    release: Release,
    version: str,
    lines: Mapping[str, str],
    *,
    page: Page | None,
    python: str,
    requires: Sequence[str] = (),
) -> str:
    """Write the recipe that builds `version` of a release, as a wheel of our own.

    :param lines: Requires-Dist as it is -> as it must become.
    :param page: where the sdist, its hash and its time stand. What it does not say is
        left as a comment to be filled in.
    :param python: `3.9` or `3.14t`.
    :param requires: what the build needs beside what the source says.
    """
    sdist = sdist_of(release, page)
    edits = [f"{_quote(old)} = {_quote(new)}" for old, new in lines.items()]
    table = ("[requires-dist]", *edits, "") if edits else ()
    needs = [f"requires = [{', '.join(map(_quote, requires))}]"] if requires else []
    changed = "with other requirements, " if edits else "as a wheel, "
    return "\n".join(
        (
            f"# {release.label} {changed}as axletree explain proved.",
            "",
            "[project]",
            f"name = {_quote(release.project)}",
            f"version = {_quote(str(release.version))}",
            f"local = {_quote(version[version.rindex('axle.') :])}",
            "",
            "[source]",
            *_source(release, sdist),
            "",
            "[build]",
            f"pythons = [{_quote(python)}]",
            *needs,
            "",
            *table,
        )
    )


def _source(release: Release, sdist: DistributionFile | None) -> list[str]:
    if sdist is None:
        return [
            "# No sdist of it was found where candidates come from: name a source.",
            f'# sdist = "{release.project}-{release.version}.tar.gz"',
            '# sha256 = "…"',
            "# committed = …",
        ]
    time = sdist.upload_time
    url = "".join(shown(redact(sdist.url)).split())
    return [
        *([f"# To lie beside this recipe: {url}"] if url else ()),
        f"sdist = {_quote(sdist.filename)}",
        f"sha256 = {_quote(sdist.hashes['sha256'])}",
        f"committed = {time:%Y-%m-%dT%H:%M:%SZ}" if time else "# committed = …",
    ]


def sdist_of(release: Release, page: Page | None) -> DistributionFile | None:
    """Return the sdist of a release that a recipe can name; None: none is known."""
    files = release.candidate_files if page is None else page.files
    spellings = {file.version for file in release.candidate_files}
    return next(
        (
            file
            for file in files
            if file.kind == "sdist"
            and file.version in spellings
            and "sha256" in file.hashes
        ),
        None,
    )


def _quote(text: str) -> str:
    """Spell a basic string of TOML."""
    return f'"{text.translate(_ESCAPES)}"'
