"""Children are started again when they die, stopped when we are, and gone when we are killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from deploy.servers.waiting import until
from services.embedded.processes import Child, fork, keep_alive

pytestmark = pytest.mark.slow


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def a_tree(folder: Path) -> int:
    """A supervisor with one child that writes its pid to `folder` and then waits; the supervisor's pid."""

    def child() -> None:
        (folder / str(os.getpid())).touch()
        signal.pause()

    return fork(lambda: keep_alive([Child("one", child)]))


def pids(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir()]


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    parent = a_tree(tmp_path)
    try:
        until(lambda: bool(pids(tmp_path)), 20, "a child")
        (first,) = pids(tmp_path)
        os.kill(first, signal.SIGKILL)
        until(lambda: len(pids(tmp_path)) == 2, 20, "another child")
    finally:
        os.kill(parent, signal.SIGTERM)
        assert os.waitpid(parent, 0)[1] == 0
    assert not any(alive(pid) for pid in pids(tmp_path))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    parent = a_tree(tmp_path)
    until(lambda: bool(pids(tmp_path)), 20, "a child")
    os.kill(parent, number)
    os.kill(parent, number)  # an impatient hand, or make, which passes on what it was sent
    assert os.waitpid(parent, 0)[1] == 0
    assert not any(alive(pid) for pid in pids(tmp_path))


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = a_tree(tmp_path)
    until(lambda: bool(pids(tmp_path)), 20, "a child")
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    until(lambda: not any(alive(pid) for pid in pids(tmp_path)), 20, "the child to be gone")
