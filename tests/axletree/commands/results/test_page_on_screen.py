"""A page as it is drawn at a terminal."""

import re

import pytest

from axletree.commands.results.page_on_screen import drawn_for
from axletree.manual.pages import pages

_STEERING = re.compile(r"\x1b\[[0-9;]*m")
TEXT = """# Title

See [the source](../reference/cli.md#source), [this](../reference/errors.md#usage) and
[that](https://a.example/).

```console
$ axletree lock --a-very-long-option-name-that-is-wider-than-the-screen with its value
wrote 1 pin
```

| variable | key in the file | means | default |
|---|---|---|---|
| `AXLETREE_INDEX_STRATEGY` | `index-strategy` | which | `first-index-of-them-all` |

| code | means |
|---|---|
| 0 | done |
"""


def plain(text: str, columns: int = 60) -> str:
    return _STEERING.sub("", drawn_for(text, pages()["how-to/lock"], columns=columns))


def test_links_name_topics() -> None:
    drawn = plain(TEXT)
    assert "the source (cli#source)" in drawn
    assert "this (usage)" in " ".join(drawn.split())
    assert "that (https://a.example/)" in " ".join(drawn.split())


def test_commands_are_whole_however_narrow_the_screen_is() -> None:
    lines = plain(TEXT, columns=40).splitlines()
    assert (
        "    $ axletree lock --a-very-long-option-name-that-is-wider-than-the-screen"
        " with its value"
    ) in lines


def test_a_table_that_is_too_wide_is_a_list() -> None:
    drawn = plain(TEXT)
    assert "AXLETREE_INDEX_STRATEGY\n    key in the file: index-strategy\n" in drawn
    assert "    default: first-index-of-them-all\n" in drawn
    assert "code   means" in drawn


@pytest.mark.parametrize("name", pages())
def test_nothing_is_cut_on_any_page(name: str) -> None:
    page = pages()[name]
    drawn = plain(page.text(), columns=80)
    words = set(re.findall(r"`([\w-]{8,})`", page.text()))
    assert [word for word in words if word not in drawn] == []
