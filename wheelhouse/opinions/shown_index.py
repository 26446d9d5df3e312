"""What a question may choose from, as an index that pip can be shown.

Every file is a wheel with nothing but metadata in it: pip resolves over the very
candidates and requirements that the exact engine sees, whatever they come from (an
index as of a date, a wheelhouse, a snapshot that has no files), downloads nothing and
runs nobody's code. An sdist is shown as such a wheel where it is what would be used.
Versions, markers, extras, pre-releases, yanks and Requires-Python are pip's to judge.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from urllib.parse import quote

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.model.distribution import (
    DistributionFile,
    Reason,
    UnusableMetadata,
)
from axletree.resolver.model.question import Question
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.dependencies import (
    Dependencies,
    ParsedLine,
    parse_dependencies,
)
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.metadata_wheel import (
    PURE,
    TinyWheel,
)
from axletree.resolver.universe.protocol import Universe

_NO_VERSION = SpecifierSet("<0")
_OTHER_VERSION = "0+unusable.metadata"


class ShownIndex:
    """Pages and wheels of one question; each is made when it is asked for."""

    def __init__(self, universe: Universe, question: Question) -> None:
        """Read nothing yet."""
        self._universe = universe
        self._changes = question.changes
        self._knowledge = Knowledge(universe, question.environment, question.limits)
        self._files: dict[str, DistributionFile] = {}
        self._wheels: dict[str, TinyWheel] = {}

    def page(self, project: NormalizedName) -> str | None:
        """Return a project's page (PEP 503), links relative; None if there is none.

        :raises AxletreeError: whatever the universe raises for an outage.
        """
        self._knowledge.read_pages([project])
        releases = self._knowledge.releases[project]
        if releases is None:
            return None
        links = [
            _link(wheel)
            for release in releases.all
            for wheel in self._listed(release)
        ]  # fmt: skip
        return "\n".join(("<!DOCTYPE html><html><body>", *links, "</body></html>"))

    def wheel(self, filename: str) -> TinyWheel | None:
        """Return a wheel of a page that was asked for, with its requirements.

        What is no metadata names another version, so that pip discards it as well.

        :raises AxletreeError: whatever the universe raises for an outage.
        """
        file = self._files.get(filename)
        if file is None:
            return None
        bare = self._wheels[filename]
        answer = self._universe.metadata([file])[file]
        if isinstance(answer, UnusableMetadata):
            return replace(bare, version=_OTHER_VERSION)
        evaluator = self._knowledge.evaluator
        parsed = parse_dependencies(answer, evaluator, self._changes, file.project)
        if not isinstance(parsed, Dependencies):
            return replace(bare, version=_OTHER_VERSION)
        return replace(
            bare,
            requires_dist=tuple(map(_spell, parsed.all_lines)),
            requires_python=file.requires_python or answer.requires_python,
            provides_extra=answer.provides_extra,
        )

    def _listed(self, release: Release) -> Iterator[TinyWheel]:
        for file in _shown(release, self._knowledge.compiler.reasons):
            wheel = _bare_wheel(file)
            if self._files.setdefault(wheel.filename, file) is file:
                self._wheels[wheel.filename] = wheel
                yield wheel


def _shown(
    release: Release,
    reasons_of: Callable[[DistributionFile, Version], frozenset[Reason]],
) -> Iterator[DistributionFile]:
    """Yield the files that can be used, by pip's own reading of Requires-Python."""
    best = release.files[:1]
    if best and best[0].kind == "sdist":
        yield best[0]
    yield from (file for file in release.files if file.kind == "wheel")
    yield from (
        file
        for file in release.fallen
        if file.kind == "wheel"
        and reasons_of(file, release.version) == {"requires-python"}
    )


def _bare_wheel(file: DistributionFile) -> TinyWheel:
    return TinyWheel(
        project=file.project,
        version=file.version,
        build=file.build,
        tag=file.tag if file.kind == "wheel" else PURE,
        requires_python=file.requires_python,
        yanked=file.yanked,
    )


def _link(wheel: TinyWheel) -> str:
    said = {
        "href": f"../../files/{quote(wheel.filename)}",
        "data-requires-python": wheel.requires_python,
        "data-yanked": wheel.yanked,
        "data-dist-info-metadata": "true",
        "data-core-metadata": "true",
    }
    attributes = " ".join(
        f'{name}="{escape(value)}"' for name, value in said.items() if value is not None
    )
    return f"<a {attributes}>{escape(wheel.filename)}</a>"


def _spell(line: ParsedLine) -> str:
    """Spell a requirement as it is in force; an address is never followed."""
    if line.requirement.url is None:
        return str(line.requirement) if line.overrides else line.text
    refused = Requirement(str(line.requirement))
    refused.url, refused.specifier = None, _NO_VERSION
    return str(refused)
