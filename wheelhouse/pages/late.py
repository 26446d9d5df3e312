"""A page as of a day, whose rest is read when somebody looks at it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from axletree.resolver.model.distribution import (
    DistributionFile,
    ExcludedFile,
    LateListing,
    Page,
)


def late_page(early: Page, until: datetime, read: Callable[[], Page]) -> Page:
    """Make a page that has all, of what it has before a moment.

    :param read: reads all of it, which it can.
    """
    whole = _Whole(early, read)
    return replace(
        early,
        files=LateListing(tuple(early.files), until, whole.files),
        excluded=LateListing(tuple(early.excluded), until, whole.excluded),
    )


class _Whole:
    """All of a page, read once; threads take turns."""

    def __init__(self, early: Page, read: Callable[[], Page]) -> None:
        self._early = early
        self._read: Callable[[], Page] | None = read
        self._page = early
        self._lock = threading.Lock()

    def files(self) -> tuple[DistributionFile, ...]:
        return tuple(self._whole().files)

    def excluded(self) -> tuple[ExcludedFile, ...]:
        return tuple(self._whole().excluded)

    def _whole(self) -> Page:
        with self._lock:
            if self._read is not None:
                page = self._read()
                # Files are compared by identity.
                known = {file.filename: file for file in self._early.files}
                files = tuple(known.get(file.filename, file) for file in page.files)
                self._page, self._read = replace(page, files=files), None
            return self._page
