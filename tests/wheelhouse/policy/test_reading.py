"""A policy is read by whatever resolves, so that it may not take long."""

import subprocess
import sys
from pathlib import Path

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.policy.keeping import set_policy

POLICY = b'reserved = ["acme-*"]\n'


def test_a_policy_is_read_without_sqlalchemy(tmp_path: Path) -> None:
    with Wheelhouse.open(tmp_path) as house:
        set_policy(house, POLICY, "policy.toml")
    code = (
        "import sys; from pathlib import Path; "
        "from axletree.wheelhouse.policy.reading import policy_at; "
        "print(policy_at(Path(sys.argv[1])) is not None, 'sqlalchemy' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "True False\n", done.stderr
