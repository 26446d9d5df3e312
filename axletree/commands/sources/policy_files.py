"""A policy's file, as a user names it."""

from pathlib import Path

from axletree.commands.line.corrections import refuse_missing
from axletree.wheelhouse.errors import InvalidPolicyError
from axletree.wheelhouse.policy.document import LIMIT_BYTES


def read_policy_file(file: Path) -> bytes:
    """Read a policy's file.

    :raises UsageError: it is not there, and another has almost its name.
    :raises InvalidPolicyError: it cannot be read.
    """
    refuse_missing([str(file)])
    try:
        with file.open("rb") as stream:
            return stream.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise InvalidPolicyError(
            f"the policy cannot be read: {error.strerror}",
            where=str(file),
            hint="check the path, and that you may read it",
        ) from error
