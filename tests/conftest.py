"""How the tests run: a light profile of the property tests by default, a deep one in CI.

`make quick` asks for a third of the light one.

No deadline in either: a slow machine is no defect of the code. CI tries the same
examples each time, so that the same commit always gets the same answer; chance finds
new ones on developers' machines.
"""

import os
import signal

from hypothesis import settings

settings.register_profile("quick", deadline=None, max_examples=15)
settings.register_profile("light", deadline=None, max_examples=50)
settings.register_profile("deep", deadline=None, max_examples=300, derandomize=True)
_usual = "deep" if os.environ.get("CI") == "true" else "light"
settings.load_profile(os.environ.get("PROPERTY_PROFILE", _usual))

# A shell lets what it runs in the background ignore Ctrl-C, and that is inherited: the
# tests that press it would wait for what never comes.
signal.signal(signal.SIGINT, signal.default_int_handler)
