import pytest

from axletree.manual.pages import FOLDER, INDEX, other_files, pages, target_of
from tests.support.checkout import tracked_files


def test_all_pages_are_there_in_the_order_of_the_index() -> None:
    files = {
        str(path.relative_to("docs").with_suffix(""))
        for path in tracked_files()
        if path.parts[0] == "docs" and path.suffix == ".md"
    }

    assert next(iter(pages())) == INDEX
    assert set(pages()) == files
    assert all(page.text().startswith("# ") for page in pages().values())
    assert all(page.group for page in pages().values() if page.name != INDEX)


def test_no_two_pages_have_one_name() -> None:
    stems = [page.stem.lower() for page in pages().values()]
    assert len(stems) == len(set(stems))


def test_pictures_and_schemas_lie_beside_them() -> None:
    assert "images/explain.svg" in other_files()
    assert "schema/error.schema.json" in other_files()
    assert all(path.is_file() for path in other_files().values())
    assert FOLDER.is_dir()


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("collect.md", ("how-to/collect", "")),
        ("../reference/cli.md#source", ("reference/cli", "source")),
        ("#pylocktoml", ("how-to/lock", "pylocktoml")),
        ("../images/a.svg", ("images/a.svg", "")),
        ("../../examples/x.toml", ("../examples/x.toml", "")),
        ("https://a.example/b.md#c", ("https://a.example/b.md", "c")),
        ("mailto:a@b.example", ("mailto:a@b.example", "")),
    ],
)
def test_links_lead_from_page_to_page(link: str, target: tuple[str, str]) -> None:
    assert target_of(pages()["how-to/lock"], link) == target
