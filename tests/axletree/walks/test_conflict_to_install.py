"""A data scientist: requirements that clash, mended, locked, installed by pip."""

import pytest

from tests.support.clients import installed_in
from tests.support.command_line import commands_in
from tests.support.walking import Walk, widest

pytestmark = pytest.mark.slow

CONFLICT = """\
 and serving
0.6 cannot go together: one needs exactly kube 10.0.1, the other 12 or newer.
These 4 facts cannot hold together, and none of them can be left out.
  1. you require pipes==1.0  (requirements.txt, line 1)
  2. you require serving==0.6  (requirements.txt, line 2)
  3. pipes 1.0 requires kube==10.0.1  (METADATA of pipes-1.0-py3-none-any.whl)
  4. serving 0.6 requires kube>=12  (METADATA of serving-0.6-py3-none-any.whl)

kube                     10.0.1  12.0  13.0
pipes 1.0: kube==10.0.1    ●      ○     ○
serving 0.6: kube>=12      ○      ●     ●
"""


def test_requirements_are_mended_locked_and_installed(walk: Walk) -> None:
    requirements = walk.folder / "requirements.txt"
    requirements.write_text("pipes==1.0\nserving==0.6\n")

    refused = walk.type("axletree lock -r requirements.txt -i public", code=1)
    (explain,) = commands_in(refused.err)[-1:]
    assert explain == "axletree explain -r requirements.txt -i public"

    explained = walk.type(explain, code=1)
    assert explained.out.partition("pipes 1.0")[2].startswith(CONFLICT)
    assert "\n  1. use pipes 1.1 instead of pipes==1.0\n" in explained.out
    assert widest(explained.out) <= 80
    mend = commands_in(explained.out)[0]
    assert mend == f"{explain} --repair 1 --write"

    mended = walk.type(mend)
    assert mended.out == (
        "--- requirements.txt\n+++ requirements.txt\n@@ -1,2 +1,2 @@\n"
        "-pipes==1.0\n+pipes==1.1\n serving==0.6\n"
    )
    assert requirements.read_text() == "pipes==1.1\nserving==0.6\n"
    (lock,) = commands_in(mended.err)
    assert lock == "axletree lock -r requirements.txt -i public"

    wrote = walk.type(f"{lock} -o locked.txt")
    assert wrote.err == "wrote 4 pins to locked.txt\n"

    walk.type("python -m pip install --require-hashes --target here -r locked.txt")
    assert installed_in(walk.folder / "here") == {
        *("kube-13.0", "numpy-1.26", "pipes-1.1", "serving-0.6"),
    }
    assert walk.type(f"{lock} -o locked.txt --check").code == 0
