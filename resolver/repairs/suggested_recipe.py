"""A recipe for the builder, as text: one release with some requirements changed."""

from collections.abc import Iterable, Mapping

from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
)
from axletree.resolver.universe.candidates import Release

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


def suggest_recipe(
    release: Release,
    version: str,
    lines: Mapping[str, str],
    *,
    page: Page | None,
    python: str,
) -> str:
    """Write the recipe that builds `version` of a release with other requirements.

    :param lines: Requires-Dist as it is -> as it must become.
    :param page: where the sdist, its hash and its time stand. What it does not say is
        left as a comment to be filled in.
    :param python: `3.9` or `3.14t`.
    """
    sdist = _sdist(release, page)
    edits = [f"{_quote(old)} = {_quote(new)}" for old, new in lines.items()]
    return "\n".join(
        (
            f"# {release.label} with other requirements, as axletree explain proved.",
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
            "",
            "[requires-dist]",
            *edits,
            "",
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
    return [
        f"sdist = {_quote(sdist.filename)}",
        f"sha256 = {_quote(sdist.hashes['sha256'])}",
        f"committed = {time:%Y-%m-%dT%H:%M:%SZ}" if time else "# committed = …",
    ]


def _sdist(release: Release, page: Page | None) -> DistributionFile | None:
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


def free_stamp(release: Release, listed: Iterable[Release]) -> str:
    """Return the version with the first free `axle.N` (DESIGN.md 4).

    :param listed: all releases of the project.
    """
    taken = {str(each.version) for each in listed}
    base = f"{release.version}{'.' if release.version.local else '+'}axle"
    number = next(n for n in range(1, len(taken) + 2) if f"{base}.{n}" not in taken)
    return f"{base}.{number}"
