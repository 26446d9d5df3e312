"""Where uploads go: the wheelhouse, opened to write only while one is published."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from packaging.utils import NormalizedName

from axletree.server.answers.errors import (
    ClosedProjectError,
    ReservedProjectError,
    UpstreamProjectError,
)
from axletree.server.uploads.rechecks import Rechecks
from axletree.wheelhouse.access.tokens import Token, Tokens
from axletree.wheelhouse.catalog.admission import Checked, Gate
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish_checked
from axletree.wheelhouse.errors import WheelhouseError
from axletree.wheelhouse.model import Published
from axletree.wheelhouse.policy.reading import document_of
from axletree.wheelhouse.store.scratch import own_folder

FOLDER = "uploads"
"""In the wheelhouse's folder: on its own file system, and beside what collects keep."""


class WheelhouseUploads:
    """The `UploadTarget` and `TokenSource` of a real wheelhouse."""

    def __init__(self, house: Wheelhouse, *, is_gated: bool = False) -> None:
        """Take the wheelhouse that is served, opened to read.

        :param is_gated: nothing is let in that breaks a requirement set.
        """
        self._house = house
        self._is_gated = is_gated
        self._rechecks = Rechecks(house.place)

    def tokens(self) -> Sequence[Token]:
        """List all tokens."""
        return Tokens(house=self._house).all()

    @contextmanager
    def receiving(self) -> Iterator[Path]:
        """Give a folder for one upload; it is gone afterwards, at the latest with the next."""
        with own_folder(self._house.home / FOLDER) as folder:
            yield folder

    def refuse_replacing(self, project: NormalizedName) -> None:
        """Refuse a project whose files came from upstream: it would be substituted.

        Also where these were removed or withdrawn since: who takes files off a list does
        not give their name away.

        :raises UpstreamProjectError: it is one.
        """
        upstream = next(
            (file for file in self._house.kept_of(project) if file.is_from_upstream),
            None,
        )
        if upstream is not None:
            raise UpstreamProjectError(
                f"{project} came from upstream ({upstream.filename}): a file of the "
                "same name from here could take its place",
                hint=f"axletree token make NAME --right upload:{project} --right "
                f"replace-upstream:{project} makes one that may, on the server's machine",
            )

    def refuse_reserved(self, project: NormalizedName) -> None:
        """Refuse a project whose name the policy reserves: not all may give it files.

        :raises ReservedProjectError: it is one.
        """
        stored = self._house.policy()
        reserved = () if stored is None else document_of(stored).reserved
        for each in reserved:
            if each.covers(project):
                raise ReservedProjectError(
                    f"{each.pattern} is reserved ({each.origin}): a right to upload "
                    f"for all projects is none for {project}",
                    hint=f"axletree token make NAME --right 'upload:{each.pattern}' makes "
                    "one that may, on the server's machine",
                )

    def publish(self, checked: Checked, token: Token) -> Published:
        """Publish a checked file, and note that the token was used.

        :raises ClosedProjectError: its project takes none.
        :raises BreaksSetError: a requirement set would have no lock any more.
        :raises WheelhouseError: what `publish_checked` and `Wheelhouse.open` raise.
        """
        with Wheelhouse.open(self._house.place) as house:
            _refuse_closed(house, checked.inspected.project)
            published = publish_checked(
                house,
                [checked],
                actor=f"token {token.name}",
                gate=self._gate(house),
            )
            # What is published is published, whether or not that can be noted.
            with suppress(WheelhouseError):
                Tokens(house=house).note_use(token)
                self._rechecks.ask(house)
        return published

    def _gate(self, house: Wheelhouse) -> Gate | None:
        if not self._is_gated:
            return None
        from axletree.wheelhouse.sets.gate import SetGate  # noqa: PLC0415  late: the resolver

        return SetGate(house=house)


def _refuse_closed(house: Wheelhouse, project: NormalizedName) -> None:
    """Refuse what an index must not take. Source: PEP 792."""
    status = house.status_of(project)
    if status.marker in {"archived", "quarantined"}:
        because = f": {status.reason}" if status.reason else ""
        raise ClosedProjectError(
            f"{project} is {status.marker}{because}",
            hint=f"axletree status {project} active opens it again",
        )
