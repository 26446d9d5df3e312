import pytest

from axletree.cli import VERBS
from axletree.manual.markdown import link_tokens, parser
from axletree.manual.pages import pages, target_of
from axletree.manual.topics import find, groups, names, topic_of


@pytest.mark.parametrize(
    ("word", "page", "begins"),
    [
        ("lock", "how-to/lock", "# "),
        ("how-to/lock", "how-to/lock", "# "),
        ("docs/how-to/lock.md", "how-to/lock", "# "),
        ("Lock", "how-to/lock", "# "),
        ("lock#pylocktoml", "how-to/lock", "## pylock.toml\n"),
        ("reference/cli#source", "reference/cli", "## Source\n"),
        ("why", "reference/cli", "## axletree why\n"),
        ("invalid-requirement", "reference/errors", "## invalid-requirement\n"),
        ("--base", "reference/cli", "# --base\n"),
        ("base", "reference/cli", "# --base\n"),
        ("AXLETREE_HOME", "reference/settings", "# AXLETREE_HOME\n"),
        ("axletree_home", "reference/settings", "# AXLETREE_HOME\n"),
        ("home", "reference/settings", "# home\n"),
        ("several-targets-in-one-lock", "how-to/lock", "## Several targets"),
    ],
)
def test_a_word_leads_to_what_is_said_of_it(word: str, page: str, begins: str) -> None:
    topic = find(word)

    assert topic is not None
    assert topic.page.name == page
    assert topic.text.startswith(begins)


@pytest.mark.parametrize(
    "word", ["", "/", "#", "lokc", "lock#nowhere", "../README", "-"]
)
def test_of_other_words_nothing_is_said(word: str) -> None:
    assert find(word) is None


def test_an_option_is_shown_wherever_it_is_explained_once_each() -> None:
    topic = find("--index-url")

    assert topic is not None
    assert topic.text.count("[Source](cli.md#source)") == 1
    assert topic.text.count("| `-i`, `--index-url URL` | a package index") == 1
    assert "| `AXLETREE_INDEX_URL` | `index-url` |" in topic.text


def test_all_names_are_topics_and_all_verbs_are_named() -> None:
    assert [name for name in names() if find(name) is None] == []
    assert {verb.replace(" ", "-") for verb in VERBS} <= set(names())
    assert len(names()) == len(set(names()))


def test_what_a_link_leads_to_is_a_topic() -> None:
    for page in pages().values():
        for link in link_tokens(parser().parse(page.text())):
            target, anchor = target_of(page, str(link.attrGet("href")))
            if target in pages():
                word = topic_of(target, anchor)
                topic = find(word)
                assert topic is not None, word
                assert topic.page.name == target, word


def test_groups_hold_every_page_but_the_index() -> None:
    assert sum(map(len, groups().values())) == len(pages()) - 1
