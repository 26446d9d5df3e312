"""What is told of forty conflicts that people reported, over what was read for them.

Where they were reported, and what helped: `benchmarks/reported.toml`. Recorded by
`python -m tests.recordings`; `docs/explanation/real-conflicts.md` has the live run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from axletree.resolver.model.answers import Resolution
from axletree.resolver.reports.cause_text import MOST_LINES
from axletree.resolver.reports.conflict_text import cause_report
from axletree.resolver.reports.lines import to_text
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from benchmarks.reported import FIRST, Answer, judge, offered, read_conflicts
from tests.support.explained import explain, question_of
from tests.support.recorded import Recording, open_recording

pytestmark = pytest.mark.slow
CONFLICTS = {
    conflict.name: conflict
    for conflict in read_conflicts()
    if conflict.family != "repairs"
}
SOLVED = "torchvision-numpy"
"""It was reported, and has a solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of a conflict."""

    facts: int
    projects: str
    """That its facts are about."""
    is_fixed: bool = True
    """What the thread settled on is among the first repairs."""


SAID: Mapping[str, Said] = {
    "kserve-kfp-2022": Said(facts=4, projects="google-cloud-storage kfp kserve"),
    "kfp-training": Said(facts=4, projects="kfp kubeflow-training kubernetes"),
    "kale": Said(facts=4, projects="kfserving kubeflow-kale kubernetes"),
    "kfp-kserve": Said(facts=4, projects="kfp kserve protobuf"),
    "kfp-kubernetes-client": Said(facts=3, projects="kfp kubernetes"),
    "codeflare-tekton": Said(facts=5, projects="codeflare-sdk kfp kfp-tekton kubernetes"),
    "kfp-katib": Said(facts=4, projects="kfp kubeflow-katib kubernetes"),
    "kfp-ml-metadata": Said(facts=4, projects="kfp ml-metadata protobuf"),
    "kfp-kserve-protobuf": Said(facts=4, projects="kfp kserve protobuf"),
    "kserve-katib": Said(facts=5, projects="grpcio kserve kubeflow-katib ray"),
    "kserve-protobuf": Said(facts=3, projects="kserve protobuf"),
    "kserve-python": Said(facts=3, projects="kserve ray"),
    "kserve-mlserver": Said(facts=4, projects="kserve mlserver tritonclient"),
    "feast-kserve": Said(facts=4, projects="feast kserve uvicorn"),
    "kfp-tensorflow": Said(facts=4, projects="kfp tensorflow typing-extensions", is_fixed=False),
    "kfp-dbt": Said(facts=4, projects="dbt-core kfp pyyaml"),
    "boto3-awscli": Said(facts=4, projects="awscli boto3 botocore"),
    "kokoro": Said(facts=2, projects="kokoro"),
    "quora-requests": Said(facts=3, projects="quora requests"),
    "seleniumbase-requests": Said(facts=3, projects="requests seleniumbase"),
    "diffusers-twice": Said(facts=2, projects="diffusers"),
    "openai-twice": Said(facts=2, projects="openai"),
    "scipy-numpy": Said(facts=3, projects="numpy scipy"),
    "pandas-numpy-311": Said(facts=3, projects="numpy pandas"),
    "pandas-numpy-pin": Said(facts=3, projects="numpy pandas"),
    "pandas-twice": Said(facts=2, projects="pandas"),
    "tensorflow-numpy": Said(facts=3, projects="numpy tensorflow"),
    "pandas-aarch64": Said(facts=3, projects="numpy pandas"),
    "finplot-numpy": Said(facts=3, projects="finplot numpy"),
    "torchvision-torch-16": Said(facts=3, projects="torch torchvision"),
    "tokenizers-transformers": Said(facts=3, projects="tokenizers transformers", is_fixed=False),
    "tokenizers-metamath": Said(facts=3, projects="tokenizers transformers"),
    "kolors": Said(facts=3, projects="safetensors transformers"),
    "xformers-torch": Said(facts=3, projects="torch xformers"),
    "xformers-peft": Said(facts=3, projects="torch xformers"),
    "torchvision-torch-15": Said(facts=3, projects="torch torchvision"),
    "lightning-torchvision": Said(facts=2, projects="pytorch-lightning"),
    "llmware-torchvision": Said(facts=3, projects="torch torchvision"),
    "openshift-kubernetes": Said(facts=3, projects="kubernetes openshift"),
}  # fmt: skip


def said_of(name: str) -> tuple[Said, int]:
    """Explain a conflict; return what is pinned, and the lines before what helps."""
    reported = CONFLICTS[name]
    conflict = explain(reported, FIRST, asks_pip=False).conflict
    text = to_text(cause_report(conflict, width=80))
    facts = conflict.conflicts[0].facts
    repairs = tuple(offered(each.changes, each.text) for each in conflict.repairs)
    told = judge(reported, text, Answer(facts=len(facts), repairs=repairs))
    projects = {name for fact in facts for name in (fact.project, fact.target) if name}
    said = Said(
        facts=told.facts,
        projects=" ".join(sorted(projects)),
        is_fixed=told.fix_at is not None,
    )
    return said, told.lines


@pytest.mark.parametrize("name", SAID)
def test_a_reported_conflict_is_told_as_it_was(name: str) -> None:
    said, lines = said_of(name)

    assert said == SAID[name]
    assert lines <= MOST_LINES


def test_what_was_reported_and_has_a_solution_is_solved() -> None:
    question = question_of(CONFLICTS[SOLVED])
    resolver = Resolver(MemoUniverse(open_recording(Recording())))

    assert isinstance(resolver.resolve(question), Resolution)


def test_every_report_is_held_to_what_is_told_of_it() -> None:
    assert {*SAID, SOLVED} == set(CONFLICTS)
    assert sum(said.is_fixed for said in SAID.values()) >= 0.8 * len(CONFLICTS)
