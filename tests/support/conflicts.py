"""The fairing conflict (ANCHORS.md 2) as the engine would tell it."""

from axletree.resolver.model.answers import (
    AsPip,
    Conflict,
    Counters,
    Repair,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.facts import (
    ContendedRow,
    Core,
    Evidence,
    Fact,
    Picture,
)
from axletree.resolver.model.origins import Origin, Requirer
from tests.support.answers import make_pin, make_resolution, name

KUBERNETES = (
    *("9.0.0", "9.0.1", "10.0.0", "10.0.1", "10.1.0", "11.0.0b1", "11.0.0"),
    *("12.0.0a1", "12.0.0b1", "12.0.0", "12.0.1", "17.14.0a1", "17.17.0"),
    *("18.17.0a1", "18.20.0", "19.15.0a1", "19.15.0", "20.13.0", "21.7.0"),
)


def fairing_picture() -> Picture:
    """Draw who allows which kubernetes."""
    newer = KUBERNETES.index("12.0.0")
    pinned = tuple(version == "10.0.1" for version in KUBERNETES)
    above = tuple(at >= newer for at in range(len(KUBERNETES)))
    return Picture(
        project=name("kubernetes"),
        versions=KUBERNETES,
        rows=(
            ContendedRow(label="kubeflow-fairing: ==10.0.1", allowed=pinned),
            ContendedRow(label="kfserving: >=12.0.0", allowed=above),
        ),
    )


def fairing_core() -> Core:
    """Make the core of four facts."""
    edges = (
        ("kubeflow-fairing", "1.0.2", "==10.0.1"),
        ("kfserving", "0.6.1", ">=12.0.0"),
    )
    roots = (
        Fact(
            kind="root",
            text=f"you require {project}=={version}",
            project=name(project),
            target=name(project),
            requirement=f"=={version}",
            evidence=(Evidence(kind="requirement-line", file="command line"),),
        )
        for project, version, _ in edges
    )
    required = (
        Fact(
            kind="edge",
            text=f"{project} {version} requires kubernetes{range_}",
            project=name(project),
            versions=(version,),
            target=name("kubernetes"),
            requirement=range_,
            evidence=(
                Evidence(
                    kind="metadata",
                    filename=f"{project.replace('-', '_')}-{version}-py3-none-any.whl",
                    sha256="a" * 64,
                    field=f"Requires-Dist: kubernetes{range_}",
                ),
            ),
        )
        for project, version, range_ in edges
    )
    return Core(
        facts=(*roots, *required), claim="irreducible", picture=fairing_picture()
    )


def fairing_conflict() -> Conflict:
    """Make the whole answer, with a repair and what pip would do."""
    lock = make_resolution(
        make_pin("boto3", "1.20.46", Requirer("kubeflow-fairing", "1.0.2")),
        make_pin("kfserving", "0.4.1", Origin(), Requirer("kubeflow-fairing", "1.0.2")),
        make_pin("kubeflow-fairing", "1.0.2", Origin()),
        make_pin("kubernetes", "10.0.1", Requirer("kubeflow-fairing", "1.0.2")),
    )
    repair = Repair(
        kind="relax-root",
        text="use kfserving 0.4.0 to 0.4.1 instead of 0.6.1",
        changes=("kfserving==0.4.1",),
        cost=(0, 1, 4),
        claim="irreducible",
        resolution=lock,
        command="axletree explain kubeflow-fairing==1.0.2 kfserving==0.6.1 --repair 1",
    )
    as_pip = AsPip(
        outcome="conflict",
        text="pip would fetch 2 files' metadata, then fail.",
        rounds=2,
        fetched={name("kfserving"): 1, name("kubeflow-fairing"): 1},
    )
    return Conflict(
        environment=environment_for("3.9", "linux"),
        conflicts=(fairing_core(),),
        complete=True,
        repairs=(repair,),
        as_pip=as_pip,
        counters=Counters(pages=40, metadata=2, rounds=3, solver_calls=12),
    )
