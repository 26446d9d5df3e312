"""Owners: a process is known as itself, and as gone once it has ended."""

import subprocess
import sys
from dataclasses import replace

from axletree.wheelhouse.jobs.owners import Owner


def test_this_process_is_there_and_reads_as_it_is_written() -> None:
    here = Owner.here()
    assert Owner.parse(str(here)) == here
    assert not here.is_gone()


def test_a_process_that_has_ended_is_gone_and_its_number_means_nothing() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert replace(Owner.here(), process=ended.pid).is_gone()
    assert replace(Owner.here(), started="1").is_gone()


def test_of_another_machine_or_namespace_nothing_is_known() -> None:
    assert not replace(Owner.here(), space="other", started="1").is_gone()
    assert not replace(Owner.here(), space="", started="1").is_gone()


def test_foreign_text_is_nobody() -> None:
    assert Owner.parse("") is None
    assert Owner.parse("a/b/c/d") is None
