"""A recipe becomes a published wheel: built, checked with its whole closure, let in.

Everything comes from the wheelhouse: what the build needs and what the wheel needs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from axletree.builder.checks.inspection import check_install
from axletree.builder.errors import CheckFailedError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.job import (
    BuiltWheel,
    build_recipe,
)
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import (
    SafeName,
    below,
    safe_name,
)
from axletree.resolver.model.question import ask, skipping
from axletree.resolver.reports.conflict_text import conflict_report
from axletree.resolver.reports.lines import to_text
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse, OverlayUniverse
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.model import IncomingFile, Published, parse_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A wheel that was built and let in."""

    wheel: BuiltWheel
    published: Published
    closure: int
    """Projects that were installed beside it for the import test; 0: no test."""


def stored_wheels(
    house: Wheelhouse, folder: Path
) -> Callable[[Sequence[DistributionFile]], Sequence[Path]]:
    """Return a function that lays stored files out under their names in `folder`."""

    def fetch(files: Sequence[DistributionFile]) -> Sequence[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        return [_lay_out(house, file.filename, folder) for file in files]

    return fetch


def _lay_out(house: Wheelhouse, filename: SafeName, folder: Path) -> Path:
    stored = house.find(filename)
    if stored is None:
        raise CheckFailedError(f"{filename} is not in the wheelhouse", where=filename)
    named = below(folder, filename)
    if not named.is_file() or named.stat().st_size != stored.size_bytes:
        house.lay_out(stored, named)
    return named


def produce(
    recipe: Recipe,
    environment: Environment,
    house: Wheelhouse,
    workshop: Workshop,
    folder: Path,
) -> Produced:
    """Build `recipe`, check it and publish it; `folder` takes scratch files.

    :raises BuilderError: the build or a check failed; nothing is published.
    :raises WheelhouseError: the wheel is not let in.
    """
    wheel = build_recipe(recipe, environment, workshop, folder / "built")
    closure = 0
    if recipe.imports:
        fetch = stored_wheels(house, folder / "closure")
        wheels = _closure(wheel, environment, house, fetch)
        closure = len(wheels) - 1
        workshop.reporter.step(f"importing from {wheel.filename} and {closure} others")
        sandbox = workshop.sandbox(environment, folder / "sandbox")
        log = BuildLog(wheel.log_path.with_suffix(".check.log"), workshop.reporter)
        check_install(wheels, recipe.imports, sandbox=sandbox, log=log)
    published = publish(
        house,
        [
            IncomingFile(
                path=wheel.path,
                filename=wheel.filename,
                expected_sha256=parse_sha256(wheel.sha256),
                upload_time=wheel.source_time,
                origin=f"recipe {recipe.path.name} at {wheel.revision}",
                strictness="lenient",
            )
        ],
    )
    return Produced(wheel=wheel, published=published, closure=closure)


def _closure(
    wheel: BuiltWheel,
    environment: Environment,
    house: Wheelhouse,
    fetch: Callable[[Sequence[DistributionFile]], Sequence[Path]],
) -> list[Path]:
    """Resolve what the new wheel needs over the wheelhouse, and lay it out."""
    file, metadata = _described(wheel)
    universe = OverlayUniverse(base=WheelhouseUniverse(house), added={file: metadata})
    root = parse_requirement(f"{file.project}=={file.version}")
    # What only a build would tell is not in the wheelhouse.
    question = skipping(ask([root], environment))
    answer = Resolver(MemoUniverse(universe)).resolve(question, is_brief=True)
    if isinstance(answer, Refusal):
        raise CheckFailedError(
            "what the built wheel requires is not all in the wheelhouse: "
            + to_text(conflict_report(answer.conflict)).strip(),
            where=wheel.filename,
            hint="collect its requirements first (axletree collect)",
        )
    stored = [pin.file for pin in answer.pins if pin.file is not file]
    sdists = [other.filename for other in stored if other.kind == "sdist"]
    if sdists:
        raise CheckFailedError(
            f"{', '.join(sdists)} are in the wheelhouse as sdists only",
            where=wheel.filename,
            hint="axletree collect builds them into wheels",
        )
    return [wheel.path, *fetch(stored)]


def _described(wheel: BuiltWheel) -> tuple[DistributionFile, FileMetadata]:
    inspected = inspect_wheel(wheel.path, wheel.filename, "lenient")
    file = DistributionFile(
        project=inspected.project,
        filename=safe_name(wheel.filename),
        version=inspected.version,
        kind="wheel",
        tag=inspected.tag,
        requires_python=inspected.requires_python,
        upload_time=wheel.source_time,
    )
    metadata = parse_metadata(inspected.metadata or b"", file)
    if not isinstance(metadata, FileMetadata):
        raise CheckFailedError(metadata.reason, where=wheel.filename)
    return file, metadata
