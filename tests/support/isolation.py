"""Builds behind the real wall, wherever there is one."""

import os

import pytest

from axletree.builder.sandbox.isolation import detect_isolation


def require_isolation() -> None:
    """Skip the test where there is no bubblewrap; in CI fail it."""
    probe = detect_isolation()
    if not probe.is_full_available:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no isolation in CI: {probe.reason}")
        pytest.skip(probe.reason)
