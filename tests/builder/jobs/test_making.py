"""A wheel is made without what only a wheelhouse that is written needs."""

import subprocess
import sys


def test_neither_sqlalchemy_nor_gitpython_is_imported_before_it_is_needed() -> None:
    program = (
        "import sys, axletree.builder.jobs.making, axletree.commands.builds.workshops\n"
        "print(*{'sqlalchemy', 'git', 'cryptography', 'alembic'} & set(sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert said.stdout == "\n"
