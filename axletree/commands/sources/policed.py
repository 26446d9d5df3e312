"""Questions and universes under the policy of the wheelhouse at hand."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from axletree.commands.options.question import Asked
from axletree.commands.options.shared import SourceOptions
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import first_index, folders_of, settings_for
from axletree.resolver.model.limits import Policy
from axletree.resolver.model.question import Question

if TYPE_CHECKING:
    from axletree.commands.sources.opened import Opened
    from axletree.config import Settings


def under_policy(
    asked: Asked, source: SourceOptions, *, reads_index: bool = False
) -> Asked:
    """Put the questions under the policy, where there is one and it counts.

    What is chosen of a wheelhouse or an index, it counts for. Folders and snapshots are
    the user's own to ask.

    :param reads_index: an index is asked, whatever the options say.
    :raises WheelhouseError: there is a wheelhouse that cannot be read.
    :raises InvalidPolicyError: its policy was changed by other hands.
    """
    settings = settings_for(source)
    if not (reads_index or _counts(asked, source, settings)):
        return asked
    policy = _policy(settings, source.view)
    if policy == Policy():
        return asked

    def limited(question: Question) -> Question:
        return replace(question, limits=replace(question.limits, policy=policy))

    return asked.changed(limited)


def _policy(settings: "Settings", view: str | None) -> Policy:
    """Return what holds of a wheelhouse, and through a view of it."""
    if view is None and not (settings.database or settings.home.is_dir()):
        return Policy()  # Nothing is imported for nothing.
    from axletree.wheelhouse.policy.reading import day_of, policy_at  # noqa: PLC0415  late

    document, today = policy_at(settings.place), day_of(datetime.now(UTC))
    policy = Policy() if document is None else document.at(today)
    if view is None:
        return policy
    from axletree.wheelhouse.views.reading import view_at  # noqa: PLC0415  late
    from axletree.wheelhouse.views.seen import policy_of  # noqa: PLC0415  as above

    with reading(settings):
        return policy.joined(policy_of(view_at(settings.place, view), today))


def _counts(asked: Asked, source: SourceOptions, settings: "Settings") -> bool:
    if source.universe is not None:
        return False
    has_folder = bool(folders_of(source, asked))
    return not has_folder or first_index(source, asked, settings) is not None


def policed(opened: "Opened", asked: Asked) -> "Opened":
    """Show what was opened as the questions' policy has it."""
    policy = asked.questions[0].limits.policy
    if policy == Policy():
        return opened
    # Tables that were made before know of no policy.
    opened = replace(opened, kept=None)
    if not policy.warned:
        return opened
    from axletree.wheelhouse.policy.effects import seen_under  # noqa: PLC0415  late

    return replace(opened, universe=seen_under(opened.universe, policy))
