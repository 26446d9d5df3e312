"""Reproductions, read again by our own engine."""

import io
import json
from dataclasses import replace
from zipfile import ZipFile

import pytest
from packaging.utils import parse_wheel_filename

from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.errors import NotReproducibleError
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.queries.reproduce import reproduce
from axletree.resolver.queries.reproducer_files import reproduction_files
from axletree.resolver.queries.reproducer_slice import Slicer
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json
from axletree.wheelhouse.metadata.core import parse_metadata
from tests.support.corpus import (
    NO_INSTALLER_CAN,
    REAL,
    corpus_names,
    recorded_question,
    recorded_universe,
    refusal,
    reproductions,
)
from tests.support.scenarios import load_scenario
from tests.support.universes import LazyUniverse

NAMES = [name for name in corpus_names() if name not in NO_INSTALLER_CAN]


@pytest.mark.parametrize("name", NAMES)
def test_the_snapshot_gives_the_same_facts(name: str) -> None:
    for written, found in reproductions(name):
        document = json.loads(reproduction_files(found)["universe.json"])
        memo = MemoUniverse(universe_from_json(document))

        answer = Resolver(memo).resolve(found.sliced.question)

        assert isinstance(answer, Refusal)
        [core] = answer.conflict.conflicts
        assert [f.versions for f in core.facts] == [f.versions for f in written.facts]
        # Neither what may be meant by a name nor who would open a gate is a part of the
        # conflict, so that they are not cut out with it.
        texts = [
            f.text.partition(" (")[0] if f.openers else f.text for f in written.facts
        ]
        texts = [text.partition("; did you mean")[0] for text in texts]
        assert [f.text for f in core.facts if not f.openers] == texts


@pytest.mark.parametrize("name", NAMES)
def test_the_wheels_say_what_the_facts_say(name: str) -> None:
    for _, found in reproductions(name):
        files = reproduction_files(found)
        for wheel in found.index.wheels:
            content = files[f"wheels/{wheel.filename}"]
            with ZipFile(io.BytesIO(content)) as archive:
                assert archive.testzip() is None
                [path] = [n for n in archive.namelist() if n.endswith("/METADATA")]
                raw = archive.read(path)
            project, version, _, _ = parse_wheel_filename(wheel.filename)
            assert (project, str(version)) == (wheel.project, wheel.version)
            file = DistributionFile(
                project=project,
                filename=safe_name(wheel.filename),
                version=wheel.version,
                kind="wheel",
            )
            read = parse_metadata(raw, file)
            assert read == found.index.universe().metadata_of[wheel.filename]


def test_only_releases_that_matter_are_written() -> None:
    [(_, found)] = reproductions("fairing")

    shown = {(wheel.project, wheel.requires_dist) for wheel in found.index.wheels}

    assert shown == {
        ("kubeflow-fairing", ("kubernetes==10.0.1",)),
        ("kfserving", ("kubernetes>=12.0.0",)),
        ("kubernetes", ()),
    }


@pytest.mark.parametrize("name", ["fairing", "deep"])
def test_nothing_more_is_read_to_show_what_an_index_gave(name: str) -> None:
    index = LazyUniverse(base=recorded_universe())
    resolver = Resolver(MemoUniverse(index))
    refused = resolver.resolve(recorded_question(REAL[name]))
    assert isinstance(refused, Refusal)
    read = len(index.pages_read), len(index.files_read)
    [written] = refused.conflict.conflicts

    found = reproduce(refused.explanation, refused.cores[0], written)

    assert (len(index.pages_read), len(index.files_read)) == read
    assert [f.text for f in found.core.facts] == [f.text for f in written.facts]


def test_the_same_conflict_gives_the_same_bytes() -> None:
    [(_, once)] = reproductions("fairing")
    [(_, again)] = reproductions("fairing")

    assert reproduction_files(once) == reproduction_files(again)


def test_releases_stand_in_that_only_a_fact_outside_the_core_keeps_away() -> None:
    [(_, found), _] = reproductions(
        "conflicts/a_clash_of_ranges_beats_three_fallen_files"
    )

    versions = {w.version for w in found.index.wheels if w.project == "library"}

    # 2.2 is newer than the date: there is no such release.
    assert versions == {"1.0", "2.0", "2.1"}


def test_releases_that_say_the_same_are_thinned_where_there_are_too_many() -> None:
    refused = refusal("deep")
    keys = refused.cores[0].keys
    whole = Slicer(explanation=refused.explanation, keys=keys)

    many, few = whole.cut(), replace(whole, most=20).cut()

    assert len(few.files) < len(many.files)
    assert {f.file.project for f in few.files} == {f.file.project for f in many.files}
    answer = Resolver(MemoUniverse(few.universe())).resolve(few.question)
    assert isinstance(answer, Refusal)
    assert answer.cores[0].keys == refusal("deep").cores[0].keys


def test_markers_that_the_target_settles_are_left_out_for_installers() -> None:
    name = "conflicts/requires_python_leaves_the_old_ones"
    [(_, found)] = reproductions(name)

    lines = [line for wheel in found.index.wheels for line in wheel.requires_dist]

    assert lines == ['library>=2; extra == "fast"']


@pytest.mark.parametrize("name", sorted(NO_INSTALLER_CAN))
def test_what_no_folder_can_show_is_refused(name: str) -> None:
    assert load_scenario(name).expected.claim is not None
    with pytest.raises(NotReproducibleError, match="no folder of wheels"):
        list(reproductions(name))


def test_uv_is_not_said_to_fail_where_it_cannot_be_asked() -> None:
    scenario = load_scenario("repairs/a_python_with_the_lock_is_the_nearest")
    answer = Resolver(MemoUniverse(scenario.universe)).resolve(scenario.question)
    assert isinstance(answer, Refusal)
    core = answer.cores[0]
    found = reproduce(answer.explanation, core, answer.conflict.conflicts[0])

    readme = reproduction_files(found)["README.md"].decode()

    assert "--python-version 3.14 --abi cp314t" in readme
    assert "uv is asked for the 3.14 with the lock" in readme
