"""Requirements files become one text that includes no other and names no machine."""

from collections.abc import Mapping

import pytest

from axletree.errors import AxletreeError
from axletree.resolver.inputs.requirements_files import Read
from axletree.wheelhouse.errors import InvalidSetError
from axletree.wheelhouse.sets import texts
from axletree.wheelhouse.sets.texts import parse_set, take_in


def taken(files: Mapping[str, str], *constraints: str) -> tuple[str, str]:
    found = take_in((), ["r.txt"], constraints, _reader(files))
    return found.text.requirements, found.text.constraints


def _reader(files: Mapping[str, str]) -> Read:
    def read(path: str) -> str:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return read


CASES: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "as it is": (
        {"r.txt": "# why\nsix\n\n--pre\nnumpy \\\n  >=1  # old\n"},
        "# why\nsix\n\n--pre\nnumpy \\\n  >=1  # old\n",
        "",
    ),
    "an include stands in its place": (
        {"r.txt": "a\n-r sub/b.txt\nc\n", "sub/b.txt": "b\n-r d.txt", "sub/d.txt": "d"},
        "a\nb\nd\nc\n",
        "",
    ),
    "an absolute include": (
        {"r.txt": "--requirement=/srv/b.txt\n", "/srv/b.txt": "b\n"},
        "b\n",
        "",
    ),
    "constraints stand apart": (
        {
            "r.txt": "a\n-c c.txt\n",
            "c.txt": "# limits\nb<2\n-c d.txt\n",
            "d.txt": "c<3",
        },
        "a\n",
        "# limits\nb<2\nc<3\n",
    ),
    "two includes on a line": (
        {"r.txt": "-r a.txt -r b.txt --pre\n", "a.txt": "a", "b.txt": "b"},
        "a\nb\n--pre\n",
        "",
    ),
    "indexes are left out": (
        {"r.txt": "-i https://u:p@index.example\n--find-links ./wheels\nsix\n"},
        "six\n",
        "",
    ),
    "hashes stay": (
        {"r.txt": f"six==1 \\\n  --hash=sha256:{'a' * 64}\n"},
        f"six==1 \\\n  --hash=sha256:{'a' * 64}\n",
        "",
    ),
    "other line ends and a mark": (
        {"r.txt": "\ufeffsix\r\n-r b.txt\r\n", "b.txt": "b\r\n"},
        "six\nb\n",
        "",
    ),
    "a comment behind a continuation": (
        {"r.txt": "six \\\n# not of it\nb\n"},
        "six \\\n# not of it\nb\n",
        "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_taken_in(case: str) -> None:
    files, requirements, constraints = CASES[case]
    found = taken(files)
    assert found == (requirements, constraints)
    again = take_in((), ["r.txt"], (), _reader({"r.txt": requirements}))
    assert again.text.requirements == requirements


def test_what_was_left_out_is_said() -> None:
    found = take_in((), ["r.txt"], (), _reader({"r.txt": "-i https://x.example\nsix"}))
    assert [note for note in found.notes if "left out" in note] == [
        "--index-url of the files is left out: a set takes all from the wheelhouse"
    ]


def test_constraints_files_and_words_are_taken_in() -> None:
    files = {"r.txt": "a\n", "c.txt": "b<2\n"}
    found = take_in(["six>=1"], ["r.txt"], ["c.txt"], _reader(files))
    assert (found.text.requirements, found.text.constraints) == ("six>=1\na\n", "b<2\n")
    assert [root.text for root in parse_set(found.text, "s").roots] == ["six>=1", "a"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "# nothing\n", "six @ https://x.example/six-1-py3-none-any.whl"),
        *("-e .", "./six-1.whl", "-r r.txt", "-r gone.txt", "six >>"),
        *("-r https://x.example/r.txt", "--no-such", "six==${VERSION}", "-c only.txt"),
    ],
)
def test_what_no_set_can_be_is_refused(text: str) -> None:
    with pytest.raises(AxletreeError) as refused:
        taken({"r.txt": text, "only.txt": "six<2"})
    assert refused.value.exit_code == 2


def test_a_text_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_CHARACTERS", 100)
    with pytest.raises(InvalidSetError):
        taken({"r.txt": "# long\n" * 20 + "six\n"})
