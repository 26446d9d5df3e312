"""Requirement sets are checked again after an upload, beside the answers.

What is due stands in the database, so that nothing is lost where the server stops before:
the next command that changes something works it off, or `axletree set check`.
"""

import logging
import threading
from pathlib import Path

from axletree.errors import AxletreeError
from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog import history
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.store.threads import make_fit

_log = logging.getLogger(__name__)


class Rechecks:
    """One thread at a time checks what uploads have touched; none where nothing is due."""

    def __init__(self, place: Path | HousePlace, *, pause_s: float = 1.0) -> None:
        """Take the wheelhouse's place.

        :param pause_s: how long to wait for further uploads: they come one by one.
        """
        self._place = place
        self._pause_s = pause_s
        self._deciding = threading.Lock()
        self._is_wanted = False
        self._is_running = False
        self._stopped = threading.Event()

    def ask(self, house: Wheelhouse) -> None:
        """Have it done soon, where there are sets; returns at once."""
        with house.database.reading() as connection:
            if not history.has_unchecked_sets(connection):
                return
        with self._deciding:
            self._is_wanted = True
            if self._is_running:
                return
            self._is_running = True
        make_fit()  # Requests parse beside it.
        threading.Thread(target=self._run, name="rechecks", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._stopped.wait(self._pause_s)
            with self._deciding:
                if not self._is_wanted:
                    self._is_running = False
                    return
                self._is_wanted = False
            try:
                self._check()
            except AxletreeError as error:
                # It stays in the queue.
                _log.warning("requirement sets are not checked: %s", error.what)

    def _check(self) -> None:
        from axletree.wheelhouse.sets.checking import work_off  # noqa: PLC0415  late: the resolver

        with Wheelhouse.open_to_change(self._place) as house:
            for check in work_off(house):
                if check.is_changed:
                    after = check.after
                    _log.info(
                        "requirement set %s for %s: %s since %s",
                        *(check.name, check.target.name, after.result, after.cause),
                    )
