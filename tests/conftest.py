"""How the property tests run: a light profile by default, a deep one in CI.

No deadline in either: a slow machine is no defect of the code. CI tries the same
examples each time, so that the same commit always gets the same answer; chance finds
new ones on developers' machines.
"""

import os

from hypothesis import settings

settings.register_profile("light", deadline=None, max_examples=50)
settings.register_profile("deep", deadline=None, max_examples=300, derandomize=True)
settings.load_profile("deep" if os.environ.get("CI") == "true" else "light")
