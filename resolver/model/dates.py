"""A limit in time, spelled as users write it."""

from datetime import UTC, datetime, timedelta


def spelled_limit(limit: datetime) -> str:
    """Spell the first instant that is out: by the last whole day that is in, or a time."""
    moment = limit.astimezone(UTC)
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return (moment - timedelta(days=1)).date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")
