"""What builds see of a wheelhouse: all of it, or what a view leaves."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.model.distribution import Page
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.limits import Policy
from axletree.resolver.universe.protocol import Relay, Universe
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.policy.reading import day_of, policy_today
from axletree.wheelhouse.views.held import held_in
from axletree.wheelhouse.views.keeping import Views
from axletree.wheelhouse.views.seen import policy_of, seen_through

Release = tuple[NormalizedName, Version]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A wheelhouse as builds look at it now."""

    universe: Universe
    policy: Policy
    view: str = ""
    """Of this name; empty: all of it."""

    @property
    def words(self) -> str:
        """Name what is looked at."""
        return f"the view {self.view}" if self.view else "the wheelhouse"


def sight_of(
    house: Wheelhouse, view: str = "", own: AbstractSet[Release] = frozenset()
) -> Sight:
    """Look at a wheelhouse.

    :param view: the name of one; empty: at all of it.
    :param own: what this run builds, which is seen whatever the view leaves out.
    :raises NoViewError: there is none of that name.
    :raises InvalidPolicyError: a policy was changed by other hands.
    """
    universe, policy = WheelhouseUniverse(house), policy_today(house)
    if not view:
        return Sight(universe=universe, policy=policy)
    found = Views(house=house).find(view)
    today = day_of(utc_now())
    return Sight(
        universe=OwnUniverse(
            base=seen_through(universe, found, held_in(house, found)),
            whole=universe,
            own=own,
        ),
        policy=policy.joined(policy_of(found, today)),
        view=view,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnUniverse(Relay):
    """What is left of a universe, and what was just built, though that be too new."""

    base: Universe
    whole: Universe
    own: AbstractSet[Release]

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the base's pages, with the files of our own releases."""
        found = dict(self.base.pages(projects))
        built = {name for name, _ in self.own}.intersection(projects)
        for name, page in self.whole.pages(sorted(built)).items():
            if page is not None:
                found[name] = self._with_own(name, found[name], page)
        return found

    def _with_own(
        self, name: NormalizedName, seen: Page | None, whole: Page
    ) -> Page | None:
        files = () if seen is None else seen.files
        ours = [
            file
            for file in whole.files
            if (name, parse_version(file.version)) in self.own and file not in files
        ]
        if not ours:
            return seen
        page = replace(whole, files=(), excluded=()) if seen is None else seen
        names = {file.filename for file in ours}
        kept = tuple(each for each in page.excluded if each.name not in names)
        return replace(page, files=(*files, *ours), excluded=kept)
