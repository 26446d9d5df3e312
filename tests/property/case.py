"""A universe and a question about it, spelled so that it can be read."""

from dataclasses import dataclass

from hypothesis.vendor.pretty import RepresentationPrinter
from packaging.requirements import Requirement

from axletree.resolver.inputs.override_files import (
    OverrideFile,
    parse_overrides,
)
from axletree.resolver.model.distribution import (
    FileMetadata,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import (
    Question,
    ask,
)
from axletree.resolver.model.requirements import (
    Override,
    RootRequirement,
)
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import MetadataAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A universe and a question about it."""

    universe: FrozenUniverse
    question: Question

    @property
    def has_twins(self) -> bool:
        """Tell whether files of one release differ in metadata or yanks."""
        said: dict[tuple[str, str], set[tuple[MetadataAnswer, str | None]]] = {}
        for page in self.universe.page_of.values():
            for file in page.files:
                answer = self.universe.metadata_of[file.filename]
                release = (file.project, file.version)
                said.setdefault(release, set()).add((answer, file.yanked))
        return any(len(different) > 1 for different in said.values())

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:  # noqa: FBT001  hypothesis calls it
        printer.text(repr(self))

    def __repr__(self) -> str:
        """Spell it so that a failing example can be read and written down."""
        files = [
            f"  {file.filename}"
            + (f" python {file.requires_python!r}" if file.requires_python else "")
            + (" yanked" if file.yanked is not None else "")
            + (f" {file.upload_time:%m-%d}" if file.upload_time else "")
            + (f" {'+'.join(file.hashes)}" if file.hashes else "")
            + f": {_spell(self.universe.metadata_of[file.filename])}"
            for page in self.universe.page_of.values()
            for file in page.files
        ]
        question = self.question
        return "\n".join(
            (
                "",
                f"roots {[' '.join((r.text, *r.hashes)) for r in question.roots]}",
                f"constraints {[c.text for c in question.constraints]}",
                f"overrides {[o.text for o in question.changes.overrides]}",
                f"excluded {sorted(question.changes.excluded)}",
                f"{question.limits} {question.environment.python_version}",
                *(
                    f"  empty page {n}"
                    for n, p in self.universe.page_of.items()
                    if not p.files
                ),
                *files,
                "",
            )
        )


def _spell(answer: MetadataAnswer) -> str:
    if not isinstance(answer, FileMetadata):
        return "unusable"
    python = f" python {answer.requires_python!r}" if answer.requires_python else ""
    return f"{list(answer.requires_dist)}{python}"


def root(text: str, *hashes: str) -> RootRequirement:
    """Make a root requirement or a constraint."""
    return RootRequirement(
        requirement=Requirement(text), text=text, origin=Origin(), hashes=hashes
    )


def with_root(question: Question, index: int, text: str) -> Question:
    """Exchange one root."""
    roots = list(question.roots)
    roots[index] = root(text)
    return ask(
        roots,
        question.environment,
        constraints=question.constraints,
        limits=question.limits,
        changes=question.changes,
    )


def override(requirer: str | None, text: str, marker: str = "") -> Override:
    """Make an override, of one requirer or of all."""
    scope = f"{requirer}:" if requirer else ""
    line = f"{scope}{text}; {marker}" if marker else f"{scope}{text}"
    [found] = parse_overrides(
        [OverrideFile(path="o.txt")], read=lambda _: line, environ={}
    )
    return found
