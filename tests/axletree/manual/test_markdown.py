from axletree.manual.markdown import headings, rows, section

PAGE = """# One & only

Text.

## What *is* `pylock.toml`?

| option | means |
|---|---|
| `-o`, `--output-file FILE` | not `this` |
| `--format [a\\|b]` | one of them |

### Deeper

## Twice

first

## Twice

second

```sh
# no heading
```

| variable | key in the file | means |
|---|---|---|
| `AXLETREE_HOME` | `home` | `where` |
"""


def test_headings_have_the_anchors_that_git_hosts_give_them() -> None:
    assert [(each.level, each.title, each.anchor) for each in headings(PAGE)] == [
        (1, "One & only", "one--only"),
        (2, "What is pylock.toml?", "what-is-pylocktoml"),
        (3, "Deeper", "deeper"),
        (2, "Twice", "twice"),
        (2, "Twice", "twice-1"),
    ]


def test_a_section_goes_to_the_next_heading_that_is_as_high() -> None:
    whole = section(PAGE, "what-is-pylocktoml")

    assert whole is not None
    assert whole.startswith("## What *is* `pylock.toml`?\n")
    assert whole.endswith("### Deeper\n")
    assert section(PAGE, "twice") == "## Twice\n\nfirst\n"
    assert str(section(PAGE, "twice-1")).endswith("`where` |\n")
    assert section(PAGE, "no-heading") is None


def test_rows_of_tables_are_found_by_what_they_are_about() -> None:
    found = list(rows(PAGE))

    assert [row.names for row in found] == [
        ("-o", "--output-file"),
        ("--format",),
        ("AXLETREE_HOME", "home"),
    ]
    assert found[1].line == "| `--format [a\\|b]` | one of them |"
    assert found[1].head == "| option | means |\n|---|---|"
    assert [row.heading.anchor for row in found] == [
        *("what-is-pylocktoml", "what-is-pylocktoml"),
        "twice-1",
    ]
