from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.wheels import make_sdist, make_wheel


@pytest.fixture
def filled(axletree: CommandLine, tmp_path: Path) -> CommandLine:
    """Fill a wheelhouse: generation 1 has demo 1.0, 2 its sdist, demo 2.0 and other."""
    axletree("add", make_wheel(tmp_path, "demo", "1.0"))
    axletree(
        "add",
        make_sdist(tmp_path, "demo", "1.0"),
        make_wheel(tmp_path, "demo", "2.0", requires_dist=["other"]),
        make_wheel(tmp_path, "other", "1.0"),
    )
    return axletree
