"""What the user writes: addresses, compared with those that metadata names."""

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from axletree.resolver.model.requirements import by_address, told_apart_by

HERE = "file:///wheels/a-1-py3-none-any.whl"
THERE = "https://index.invalid/a-1.tar.gz"


@pytest.mark.parametrize(
    ("asked", "named", "is_same"),
    [
        (HERE, HERE, True),
        (HERE, f"{HERE}#egg=b", True),
        (HERE, f"{HERE}?a=1", True),
        (HERE, "file://localhost/wheels/a-1-py3-none-any.whl", True),
        (HERE, "file://elsewhere/wheels/a-1-py3-none-any.whl", False),
        (HERE, f"{HERE}#sha256=aa", False),
        (f"{HERE}#sha256=aa", f"{HERE}#egg=a&sha256=aa", True),
        (f"{HERE}#sha256=aa", f"{HERE}#sha512=aa", False),
        (f"{HERE}#sha256=aa#subdirectory=b", f"{HERE}#subdirectory=b&sha256=aa", True),
        (THERE, "https://me:secret@index.invalid/a-1.tar.gz", True),
        (THERE, f"{THERE}?a=1", False),
    ],
)
def test_an_address_of_metadata_is_that_of_a_root(
    asked: str, named: str, *, is_same: bool
) -> None:
    url, _, fragment = asked.partition("#")
    key = f"{url}{told_apart_by(fragment.replace('#', '&'))}"

    found = by_address(Requirement(f"a @ {named}"), {(NormalizedName("a"), key)})

    assert found == (f"@ {url}" if is_same else None)
