"""What setuptools noted of an earlier build."""

import pytest

from axletree.wheelhouse.metadata.egg_info import requirements_in


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ()),
        ("a<2,>=1\n\n# why\nb[x]\n", ("a<2,>=1", "b[x]")),
        (
            'a\n\n[:python_version < "3.9"]\nb\n',
            ("a", 'b ; python_version < "3.9"'),
        ),
        (
            'a\n\n[dev]\nb\n\n[dev:os_name == "nt"]\nc\n',
            ("a", 'b ; extra == "dev"', 'c ; (os_name == "nt") and extra == "dev"'),
        ),
    ],
)
def test_requirements_are_told_with_their_markers(
    text: str, lines: tuple[str, ...]
) -> None:
    assert requirements_in(text) == lines
