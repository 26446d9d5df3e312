"""The files by which CI runs `axletree check`."""

from pathlib import Path
from typing import Any

import yaml

from tests.support.checkout import ROOT

PAGE = "docs/how-to/check.md"


def load(path: str | Path) -> Any:  # noqa: ANN401  plain YAML
    return yaml.safe_load((ROOT / path).read_text())


ACTION = load("deploy/ci/github/action.yml")
TEMPLATE_FILE = "deploy/ci/gitlab/axletree.gitlab-ci.yml"
TEMPLATE = load(TEMPLATE_FILE)
HOOKS = {hook["id"]: hook for hook in load(".pre-commit-hooks.yaml")}
