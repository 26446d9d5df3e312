"""What pyproject.toml cannot say: a build begins without what an older one left.

setuptools copies modules to `build/lib` and packs all that lies there. Who installs a
checkout twice would be shipped the modules that were deleted in between.
Source: https://github.com/pypa/setuptools/issues/1871
"""

import shutil

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildFresh(build_py):
    """Copy modules into an empty folder."""

    def run(self) -> None:
        """Remove what is left of an older build, then build."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


setup(cmdclass={"build_py": BuildFresh})
