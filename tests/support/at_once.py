"""Questions that can be answered at once: about what, for whom, and when."""

from tests.support.checkout import ROOT

RECORDED = ROOT / "tests/scenarios/universes/kubeflow-py39.json.gz"
TARGET = ("--python-version", "3.9", "--python-platform", "linux")
LATER_NS = 3_600_000_000_000
"""An hour: then files are no longer fresh."""
