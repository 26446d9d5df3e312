"""A name for each request, by which its lines in several logs are found together.

A proxy before the index may give one (`X-Request-ID`); what it sends is checked, since it
goes into logs and back into the answer.
"""

import logging
import re
import secrets
from contextvars import ContextVar
from itertools import count

LONGEST = 128
_is_sound = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._:/+=@~-]{{0,{LONGEST - 1}}}").fullmatch

current: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that this thread answers."""


class RequestIds:
    """Gives ids; safe to use from threads."""

    def __init__(self) -> None:
        """Begin where no other worker does."""
        self._begin = secrets.token_hex(6)
        self._count = count(1)

    def of(self, given: str | None) -> str:
        """Give the id that a request brought, if it is sound, else a new one."""
        if given is not None and _is_sound(given):
            return given
        return f"{self._begin}-{next(self._count):x}"


class WithRequestId(logging.Filter):
    """Gives each record the id of the request that it was written for, or none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; every record passes."""
        record.request_id = current.get()
        return True
