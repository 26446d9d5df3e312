"""What docs/how-to/check.md says of `deploy/ci` and the hooks is what they are."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from axletree.commands.options.requirement_files import Finder
from tests.support.checkout import ROOT
from tests.support.ci_files import ACTION, HOOKS, PAGE, TEMPLATE_FILE
from tests.support.pages import fences, read

FILES = {
    "axletree-check": {
        "requirements.txt": True,
        "sub/requirements-dev.in": True,
        "dev-requirements.txt": True,
        "Requirements.txt": True,
        "requirements/base.txt": True,
        "a/requirements/base.in": True,
        "requirements/constraints.txt": False,
        "requirements/sub/notes.txt": False,
        "myrequirements.txt": False,
        "constraints.txt": False,
        "requirements.md": False,
        "pyproject.toml": False,
        "MANIFEST.in": False,
    },
    "axletree-lock-check": {
        "requirements.in": True,
        "a/lock.txt": True,
        "pyproject.toml": True,
        "pylock.dev.toml": True,
        "README.md": False,
        "src/a.py": False,
    },
}


def shown(begin: str) -> Any:  # noqa: ANN401  plain YAML
    """Give the example of the page that begins so."""
    [found] = [
        fence.content
        for fence in fences(read(PAGE))
        if fence.language == "yaml" and fence.content.startswith(begin)
    ]
    return yaml.safe_load(found)


def test_the_page_tells_all_inputs_of_the_action_with_their_defaults() -> None:
    section = read(PAGE).partition("## GitHub\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \| .+ \| (.*?) ?\|$", section, re.MULTILINE)
    told = {name: said for names, said in rows for name in re.findall("`(.+?)`", names)}

    assert sorted(told) == sorted(ACTION["inputs"])
    for name, described in ACTION["inputs"].items():
        default = described["default"]
        assert told[name] == (f"`{default}`" if default else told[name])
        assert "`" not in told[name] or default
    [step] = [
        step
        for step in shown("jobs:")["jobs"]["requirements"]["steps"]
        if "deploy/ci/github" in step["uses"]
    ]
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_the_page_tells_all_variables_of_the_template() -> None:
    variables = set(re.findall(r"CHECK_\w+", (ROOT / TEMPLATE_FILE).read_text()))

    assert set(re.findall(r"CHECK_\w+", read(PAGE))) == variables
    assert shown("include:")["include"][0]["file"] == TEMPLATE_FILE
    assert set(shown("include:")["variables"]) <= variables


def test_the_page_shows_the_hooks_that_there_are() -> None:
    [repository] = shown("repos:")["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == list(HOOKS)


def test_no_input_is_put_into_a_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"]]
    assert scripts
    assert not any("${{" in script for script in scripts)


@pytest.mark.parametrize("hook", FILES)
def test_a_hook_is_run_for_the_files_that_it_is_about(hook: str) -> None:
    pattern = re.compile(HOOKS[hook]["files"])
    found = {name: bool(pattern.search(name)) for name in FILES[hook]}
    assert found == FILES[hook]


STEMS = (
    *("requirements", "Requirements", "requirements-dev", "requirements3", "base"),
    *("dev-requirements", "test.requirements", "myrequirements", "constraints"),
)
FOLDERS = ("", "sub/", "requirements/", "a/Requirements/", "requirements/sub/")
ENDINGS = (".txt", ".in", ".TXT", ".md", ".txt.bak", ".cfg")


def test_the_hook_takes_what_a_check_finds_in_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for pyproject.toml, which many have for its settings alone."""
    monkeypatch.chdir(tmp_path)
    names = [f"{f}{stem}{end}" for f in FOLDERS for stem in STEMS for end in ENDINGS]
    names += [name for name in FILES["axletree-check"] if name != "pyproject.toml"]
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("six\n")
    pattern = re.compile(HOOKS["axletree-check"]["files"])

    found = set(Finder().find(["."]))

    assert found
    assert found == {name for name in names if pattern.search(name)}
