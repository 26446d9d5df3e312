"""The statement about one built wheel: in-toto's form, with SLSA's provenance in it.

Source: in-toto attestation framework, spec/v1/statement.md; SLSA provenance, v1.
"""

import platform
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import axletree
from axletree.builder.interpreters.find import Interpreter
from axletree.builder.provenance.materials import (
    Descriptor,
    LockedWheel,
    environment_materials,
    recipe_materials,
    sdist_material,
)
from axletree.builder.recipes.recipe import Recipe
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sources.addresses import without_secrets
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import Environment

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
OF_RECIPE = "urn:axletree:build:recipe:1"
OF_SDIST = "urn:axletree:build:sdist:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where and with what one build was done."""

    environment: Environment
    interpreter: Interpreter
    isolation: Isolation
    wheels: Sequence[LockedWheel]
    """Of the build environment."""
    epoch: int
    """SOURCE_DATE_EPOCH, in seconds."""
    begun_at: datetime
    log: Path
    pinned: Sequence[str] = ()
    """Requirements that the wheel has for what it was compiled against."""


def recipe_statement(
    recipe: Recipe, wheel: str, sha256: str, place: Surroundings
) -> Mapping[str, object]:
    """Say how a wheel was built from a recipe."""
    return _statement(
        (wheel, sha256),
        place,
        build_type=OF_RECIPE,
        asked=_asked(recipe),
        materials=recipe_materials(recipe),
    )


def sdist_statement(
    sdist: tuple[str, str], wheel: str, sha256: str, place: Surroundings
) -> Mapping[str, object]:
    """Say how a wheel was built from an sdist as it is.

    :param sdist: its file name and SHA-256.
    """
    return _statement(
        (wheel, sha256),
        place,
        build_type=OF_SDIST,
        asked={"sdist": sdist[0]},
        materials=[sdist_material(*sdist)],
    )


def _statement(
    subject: tuple[str, str],
    place: Surroundings,
    *,
    build_type: str,
    asked: Mapping[str, object],
    materials: Sequence[Descriptor],
) -> Mapping[str, object]:
    wheel, sha256 = subject
    return {
        "_type": STATEMENT,
        "subject": [{"name": wheel, "digest": {"sha256": sha256}}],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": build_type,
                "externalParameters": {
                    **asked,
                    "python": place.environment.python,
                    "platform": place.environment.platform,
                },
                "internalParameters": {
                    "isolation": place.isolation,
                    "sourceDateEpoch": place.epoch,
                    "abiPins": list(place.pinned),
                    "host": _host(),
                },
                "resolvedDependencies": [
                    *materials,
                    *environment_materials(place.wheels, place.interpreter),
                ],
            },
            "runDetails": {
                "builder": {
                    "id": f"urn:axletree:builder:{place.isolation}",
                    "version": {"axletree": axletree.__version__},
                },
                "metadata": {
                    "invocationId": f"urn:uuid:{uuid.uuid4()}",
                    "startedOn": _moment(place.begun_at),
                    "finishedOn": _moment(datetime.now(UTC)),
                },
                "byproducts": [{"name": place.log.name}],
            },
        },
    }


def _asked(recipe: Recipe) -> Mapping[str, object]:
    """Say what the recipe asks for, all of which changes the wheel or its checks."""
    redeclared, build, source = recipe.redeclared, recipe.build, recipe.source
    said: dict[str, object] = {
        "recipe": {"name": recipe.path.name, "digest": {"sha256": recipe.sha256}},
        "project": recipe.name,
        "version": str(recipe.version),
        "source": {
            "git": without_secrets(source.url),
            "ref": source.ref,
            "commit": source.commit,
            "subdirectory": source.subdirectory,
            "submodules": source.submodules,
            "history": source.history,
        }
        if isinstance(source, GitSource)
        else {"sdist": source.filename, "sha256": source.sha256},
        "patches": [patch.name for patch in recipe.patches],
        "requires-dist": {
            "exchanged": dict(redeclared.exchanged),
            "added": list(redeclared.added),
            "requires-python": redeclared.requires_python,
        },
        "build": {
            "requires": list(build.requires),
            "constraints": list(build.constraints),
            "environment": dict(build.environment),
        },
        "check": {"imports": list(recipe.imports), "command": list(recipe.command)},
    }
    return said


def _host() -> Mapping[str, str]:
    libc = " ".join(filter(None, platform.libc_ver()))
    return {
        "machine": platform.machine(),
        "kernel": platform.release(),
        "libc": libc,
        "system": _system(),
    }


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
