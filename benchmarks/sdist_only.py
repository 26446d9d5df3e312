"""Which releases of the fairing and Jupyter closures come as an sdist only.

The closures are those of the fairing branch and of the six Jupyter images of Kubeflow
1.4, locked over the public index. Four groups, by rules that were committed before the
first of them was built:

- `fairing`: without a wheel in the closure of the fairing branch on Python 3.8, as of
  2022-02-01;
- `images`: the same of the six images, as of 2022-03-01;
- `new`: without a wheel in the newest closures on Python 3.13 (what is pinned by `==` is
  taken without its pin: scipy 1.7.0 and ray 1.5.0 refuse that Python), as of AS_OF;
- `next`: pinned by a closure on Python 3.8, with an sdist, and with no wheel that Python
  3.13 takes: what somebody has to build who moves an old pin to a new Python. One release
  of a project, the one that most closures pin, then the newest; in order of how many
  closures pin it, of how many projects require it there, and of its name; the first NEXT.

Run: .venv/bin/python -m benchmarks.sdist_only    # prints the groups
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from axletree.resolver.model.environment import environment_for
from benchmarks.measuring import BIN, ROOT, clean_environment, fresh_folder, measure

CLOSURES = Path(__file__).with_name("closures.toml")
IMAGES = ROOT / "tests" / "facts" / "jupyter-images.toml"
AS_OF = "2026-11-28"
NEXT = 40
LOCK_S = 1800
_DAYS: Mapping[str, str] = {"fairing": "2022-02-01", "images": "2022-03-01"}
_PINNED = re.compile("==.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """One release of one closure."""

    name: str
    version: str
    filenames: tuple[str, ...]
    """Of what its Python takes."""
    requirers: frozenset[str]

    @property
    def pin(self) -> str:
        """Spell it as a requirement."""
        return f"{self.name}=={self.version}"

    @property
    def wheels(self) -> tuple[str, ...]:
        """Return those that its Python takes."""
        return tuple(name for name in self.filenames if name.endswith(".whl"))


def closures() -> Mapping[str, Sequence[str]]:
    """Read what each closure is of: the fairing branch, and six images."""
    branch = tomllib.loads(CLOSURES.read_text(encoding="utf-8"))["fairing"]["wanted"]
    facts = tomllib.loads(IMAGES.read_text(encoding="utf-8"))
    images = {
        name: tuple(
            wanted for layer in image["layers"] for wanted in facts["layer"][layer]
        )
        for name, image in facts["image"].items()
    }
    return {"fairing": tuple(branch), **images}


def lock(wanted: Sequence[str], python: str, as_of: str) -> Iterator[Pinned]:
    """Lock a closure over the public index.

    :raises BenchmarkError: it has no solution, or the index fails.
    """
    command = (
        *(str(BIN / "axletree"), "lock", *wanted, "--json", "--index-url", "public"),
        *("--python-version", python, "--python-platform", "linux"),
        *("--exclude-newer", as_of, "--skip-unbuildable", "--quiet"),
    )
    with fresh_folder() as home:
        environment = clean_environment(AXLETREE_HOME=str(home))
        printed = measure(command, environment, timeout_s=LOCK_S).out
    for pin in json.loads(printed)["pins"]:
        yield Pinned(
            name=pin["name"],
            version=pin["version"],
            filenames=tuple(file["filename"] for file in pin["files"]),
            requirers=frozenset(text.split()[0] for text in pin["requested_by"]),
        )


def without_wheel(closure: Sequence[Pinned]) -> set[str]:
    """Return the pins that only an sdist gives."""
    return {each.pin for each in closure if not each.wheels}


def next_ones(locks: Sequence[Sequence[Pinned]], known: set[str]) -> tuple[str, ...]:
    """Apply the rule of `next`.

    :param known: pins that are in a group for that Python already.
    """
    held: dict[str, list[Pinned]] = {}
    for closure in locks:
        for each in closure:
            held.setdefault(each.pin, []).append(each)
    chosen: dict[str, str] = {}
    for pin in sorted(held, key=lambda pin: _by_choice(held[pin])):
        each = held[pin][0]
        if pin not in known and _is_sdist_on_new_python(each):
            chosen.setdefault(each.name, pin)
    order = sorted(chosen.values(), key=lambda pin: _by_weight(held[pin]))
    return tuple(order[:NEXT])


def _is_sdist_on_new_python(each: Pinned) -> bool:
    tags = set(map(str, environment_for("3.13", "linux").tags))
    fitting = [
        name
        for name in each.wheels
        if not tags.isdisjoint(map(str, parse_wheel_filename(name)[3]))
    ]
    return not fitting and len(each.wheels) < len(each.filenames)


def _by_choice(pins: Sequence[Pinned]) -> tuple[str, int, tuple[int, ...]]:
    newest = tuple(-part for part in Version(pins[0].version).release)
    return pins[0].name, -len(pins), newest


def _by_weight(pins: Sequence[Pinned]) -> tuple[int, int, str]:
    requirers = frozenset[str]().union(*(each.requirers for each in pins))
    return -len(pins), -len(requirers), pins[0].name


def main() -> int:
    """Print the groups, as closures.toml has them."""
    old: dict[str, list[Pinned]] = {}
    new: set[str] = set()
    for name, wanted in closures().items():
        day = _DAYS["fairing" if name == "fairing" else "images"]
        old[name] = [*lock(wanted, "3.8", day)]
        unpinned = [*dict.fromkeys(_PINNED.sub("", each) for each in wanted)]
        new |= without_wheel([*lock(unpinned, "3.13", AS_OF)])
        print(f"# {name}: {len(old[name])} projects", file=sys.stderr)
    images = (pins for name, pins in old.items() if name != "fairing")
    groups: Mapping[str, Sequence[str]] = {
        "fairing": sorted(without_wheel(old["fairing"])),
        "images": sorted(set().union(*map(without_wheel, images))),
        "new": sorted(new),
        "next": next_ones([*old.values()], new),
    }
    for name, pins in groups.items():
        listed = "".join(f'  "{pin}",\n' for pin in pins)
        print(f"[group.{name}]\nreleases = [\n{listed}]\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
