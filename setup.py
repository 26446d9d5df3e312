"""What pyproject.toml cannot say: a build takes place elsewhere, and leaves nothing here.

setuptools copies modules to `build/lib` in the checkout and packs all that lies there. Who
installs a checkout twice would be shipped the modules that were deleted in between.
Source: https://github.com/pypa/setuptools/issues/1871
"""

import atexit
import shutil
import tempfile

from setuptools import setup
from setuptools.command.build import build


class BuildElsewhere(build):
    """Build in a folder of this run."""

    def initialize_options(self) -> None:
        """Make the folder; it goes when the process ends."""
        super().initialize_options()
        self.build_base = tempfile.mkdtemp(prefix="axletree-build-")
        atexit.register(shutil.rmtree, self.build_base, ignore_errors=True)


setup(cmdclass={"build": BuildElsewhere})
