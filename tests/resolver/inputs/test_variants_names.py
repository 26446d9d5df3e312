"""A listing of variants has one name, that of its release."""

import pytest

from axletree.resolver.inputs.variants_names import (
    BadVariantsNameError,
    read_variants_name,
)


@pytest.mark.parametrize(
    ("text", "project", "version"),
    [
        ("demo-1.0-variants.json", "demo", "1.0"),
        ("my_own_demo-1!2.0rc1-variants.json", "my-own-demo", "1!2.0rc1"),
        ("demo-1.0+cu128.2-variants.json", "demo", "1.0+cu128.2"),
    ],
)
def test_a_name_says_project_and_version(text: str, project: str, version: str) -> None:
    name = read_variants_name(text)
    assert (name.filename, name.project, name.version) == (text, project, version)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("../demo-1.0-variants.json", "its name is a path"),
        (f"demo-1.0+{'a' * 300}-variants.json", "its name has 323 characters"),
        ("demo-1.0\n-variants.json", "its name has characters"),
        ("-variants.json", "its name begins with a dot or a dash"),
        ("demo-variants.json", "not of the form NAME-VERSION-variants.json"),
        ("demo-1.0.json", "not of the form"),
        ("demo-x-variants.json", "no version of PEP 440"),
        ("demo-1.0-1-variants.json", "demo-1.0.post1-variants.json would be"),
        ("Demo-1.0-variants.json", "demo-1.0-variants.json would be"),
        ("my.demo-1.0-variants.json", "my_demo-1.0-variants.json would be"),
        ("demo-01.0.ALPHA-variants.json", "demo-1.0a0-variants.json would be"),
    ],
)
def test_a_name_of_another_form_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadVariantsNameError, match=why.replace("+", r"\+")):
        read_variants_name(text)
