"""The one place that reads the environment of this process.

Apart from `axletree.config`, which needs it too, because a quick answer has no time to
import what settings files take.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Mapping


def process_environment() -> Mapping[str, str]:
    """Return a copy of this process's environment variables."""
    return dict(os.environ)
