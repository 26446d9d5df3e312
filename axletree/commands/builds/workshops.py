"""A workshop for builds that take all from the wheelhouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axletree.builder.hooks.resolved_requirements import ResolvedBuildRequirements
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.stored import stored_wheels
from axletree.builder.reporter import BuildReporter
from axletree.builder.sandbox.host_limits import limits_of
from axletree.builder.sandbox.isolation import Isolation
from axletree.config import Settings
from axletree.environ import process_environment
from axletree.resolver.model.question import Limits
from axletree.wheelhouse.catalog.universe import Stock, WheelhouseUniverse
from axletree.wheelhouse.policy.effects import seen_under
from axletree.wheelhouse.policy.reading import policy_today
from axletree.wheelhouse.provenance.attesting import WheelhouseAttester
from axletree.wheelhouse.provenance.key_file import KEY_FOLDER
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.store.host import look_around
from axletree.wheelhouse.store.scratch import own_folder


@contextmanager
def open_workshop(
    settings: Settings,
    house: Stock | None,
    reporter: BuildReporter,
    *,
    isolation: Isolation = "full",
    allows_file_sources: bool = False,
) -> Iterator[tuple[Workshop, Path]]:
    """Open a workshop, and a folder for scratch files.

    :param house: where build requirements come from; None: there are none.
    """
    work_dir = settings.cache_dir / "builds"
    with translate_storage_errors(work_dir):
        work_dir.mkdir(parents=True, exist_ok=True)
    with own_folder(work_dir / "scratch") as folder:
        requirements = ResolvedBuildRequirements()
        if house is not None:
            policy = policy_today(house)
            requirements.universe = seen_under(WheelhouseUniverse(house), policy)
            requirements.limits = Limits(policy=policy)
            requirements.fetch = stored_wheels(house, folder / "build-requirements")
        workshop = Workshop(
            work_dir=work_dir,
            requirements=requirements,
            environ=process_environment(),
            isolation=isolation,
            allows_file_sources=allows_file_sources,
            git_http_hosts=settings.git_http_hosts,
            limits=limits_of(look_around(), settings.build_limits),
            reporter=reporter,
            attester=WheelhouseAttester(place=settings.place),
            hidden=(settings.home / KEY_FOLDER,),
        )
        yield workshop, folder
