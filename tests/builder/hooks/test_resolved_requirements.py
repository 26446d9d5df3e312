"""Build requirements are wheels: no sdist is built to bring them, or to refuse them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from packaging.utils import NormalizedName

from axletree.builder.errors import BuildRequirementsError
from axletree.builder.hooks.build_system import DEFAULT_REQUIRES
from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import MetadataAnswer

BACKEND = NormalizedName("backend")


@dataclass
class Index:
    """An index with one sdist, too new to be seen."""

    read: list[str] = field(default_factory=list)
    pages_read: int = 0
    is_frozen: bool = False

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        self.pages_read += 1
        sdist = DistributionFile(
            project=BACKEND,
            filename=safe_name("backend-1.tar.gz"),
            version="1",
            kind="sdist",
            upload_time=datetime(2020, 1, 1, tzinfo=UTC),
        )
        page = Page(project=BACKEND, files=(sdist,))
        return {name: page if name == BACKEND else None for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        self.read += [file.filename for file in files]
        return dict.fromkeys(files, FileMetadata())


def wheel(project: str, version: str, year: int) -> DistributionFile:
    return DistributionFile(
        project=NormalizedName(project),
        filename=safe_name(f"{project}-{version}-py3-none-any.whl"),
        version=version,
        kind="wheel",
        tag="py3-none-any",
        upload_time=datetime(year, 2, 5, 18, tzinfo=UTC),
    )


def as_of_2018(*files: DistributionFile) -> ResolvedBuildRequirements:
    page = Page(project=NormalizedName("setuptools"), files=files)
    universe = FrozenUniverse(
        page_of={page.project: page},
        metadata_of={file.filename: FileMetadata() for file in files},
    )
    limits = Limits(exclude_newer=datetime(2018, 9, 7, tzinfo=UTC))
    return ResolvedBuildRequirements(universe=universe, limits=limits)


def test_the_legacy_backend_is_had_as_of_days_before_it_came() -> None:
    """No source asks for that setuptools: it is how sources without a word are built."""
    first = wheel("setuptools", "40.8.0", 2019)
    requirements = as_of_2018(first, wheel("setuptools", "41", 2020))

    requirements.provide(DEFAULT_REQUIRES[:1], environment_for("3.7", "linux"))

    assert list(requirements.provided) == [first]


def test_what_a_date_hides_is_said_in_a_clause() -> None:
    requirements = as_of_2018(
        wheel("setuptools", "40.2", 2018), wheel("setuptools", "41", 2020)
    )

    with pytest.raises(BuildRequirementsError) as caught:
        requirements.provide(["setuptools>=41"], environment_for("3.7", "linux"))

    assert caught.value.what == (
        "the build requirements setuptools>=41 are not available: its build requires "
        "setuptools>=41, but as of 2018-09-06 there is no setuptools>=41; the newest "
        "then was 40.2"
    )


def test_no_sdist_is_built_to_say_that_requirements_cannot_be_had() -> None:
    """Its build would need what are not available, and would have to say so as well."""
    index = Index()
    limits = Limits(exclude_newer=datetime(1990, 1, 1, tzinfo=UTC))
    requirements = ResolvedBuildRequirements(universe=index, limits=limits)

    for _ in range(2):
        with pytest.raises(BuildRequirementsError, match="are not available"):
            requirements.provide(["backend"], environment_for("3.9", "linux"))

    assert not index.read
    assert index.pages_read == 1


def test_what_has_sdists_only_is_said_to_be_built_by_nobody() -> None:
    requirements = ResolvedBuildRequirements(universe=Index())

    with pytest.raises(BuildRequirementsError) as caught:
        requirements.provide(
            ["backend"], environment_for("3.9", "linux"), ["Backend<2", "other<2"]
        )

    assert "sdists are not built for builds" in caught.value.what
    assert caught.value.hint.endswith(
        "axletree collect backend 'Backend<2' --python-version 3.9 "
        "--python-platform linux"
    )
    assert "--only-binary" not in caught.value.what
