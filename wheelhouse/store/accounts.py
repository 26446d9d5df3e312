"""Accounts of this machine, by name."""

import os
import pwd


def account_name(user: int | None = None) -> str:
    """Name an account; None: the one that runs this process."""
    number = os.getuid() if user is None else user
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # containers often run under a number without a name
        return str(number)
