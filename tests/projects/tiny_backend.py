"""A build backend in one file, as careless about its output as real ones are."""

import sys
import time
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path


def get_requires_for_build_wheel(_config_settings: object = None) -> list[str]:
    for name in _tiny().get("leaves", []):
        Path(name).expanduser().touch()
    for seconds in _tiny().get("thinks", []):
        time.sleep(float(seconds))
    return list(_tiny().get("asks-for", []))


def build_wheel(
    wheel_directory: str,
    config_settings: object = None,
    metadata_directory: object = None,
) -> str:
    sys.stdout.write(f"building, {config_settings=} {metadata_directory=}\n")
    for module in _tiny().get("imports", []):
        import_module(module)
    _come_to_it()
    if "fails" in _tiny():
        raise SystemExit(_tiny()["fails"])
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    stem = f"{project['name'].replace('-', '_')}-{project['version']}"
    tag = "py3-none-any"
    if "native" in _tiny().get("spoils", []):
        own = f"cp{sys.version_info.major}{sys.version_info.minor}"
        tag = f"{own}-{own}-linux_x86_64"
    wheel = Path(wheel_directory, f"{stem}-{tag}.whl")
    if "link-to" in _tiny():
        wheel.symlink_to(_tiny()["link-to"][0])
        return wheel.name
    headers = ["Metadata-Version: 2.1", f"Name: {project['name']}"]
    headers += [f"Version: {project['version']}"]
    headers += [f"Requires-Dist: {line}" for line in project.get("dependencies", [])]
    contents = {
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tiny\n"
        f"Root-Is-Purelib: true\nTag: {tag}\n",
        f"{stem}.dist-info/METADATA": "\n".join(headers) + "\n\nA small project.\n",
        f"{stem}.dist-info/RECORD": "",
        f"{project['name'].replace('-', '_')}.py": "ANSWER = 42\n",
    }
    spoils = _tiny().get("spoils", [])
    if "record-lists" in spoils:
        contents[f"{stem}.dist-info/RECORD"] = "gone.py,sha256=AAAA,1\n"
    if "record-differs" in spoils:
        contents[f"{stem}.dist-info/RECORD"] = "small_thing.py,sha256=AAAA,1\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in contents.items():
            # The present time: two builds differ until they are normalised.
            info = zipfile.ZipInfo(path, time.localtime()[:6])
            if "link" in spoils and path.endswith(".py"):
                info.external_attr = 0o120777 << 16
            archive.writestr(info, content)
    return wheel.name


def _come_to_it() -> None:
    if any(Path(name).expanduser().exists() for name in _tiny().get("leaves", [])):
        raise SystemExit("a hook before has changed the tree")
    while "waits-for" in _tiny() and not Path(_tiny()["waits-for"][0]).exists():
        time.sleep(0.05)


def _tiny() -> dict[str, list[str]]:
    tool = tomllib.loads(Path("pyproject.toml").read_text()).get("tool", {})
    return dict(tool.get("tiny", {}))
