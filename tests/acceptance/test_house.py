"""Starting, stopping and what stands in the way of starting: each told in one sentence, and nothing left behind."""

import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.acceptance.plans import new_world
from tests.acceptance.product import PYTHON, REPOSITORY, Product, descendants, until

pytestmark = pytest.mark.slow
MEMORY_LIMIT_KB = 350_000
STOP_SECONDS = 10
# Five seconds is what is promised; a machine that runs other tests beside this one may need longer.
START_SECONDS = 15


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Product]:
    """A product that is not running, and will not be afterwards."""
    product = Product(tmp_path / "data")
    try:
        yield product
    finally:
        product.stop()


def refused(product: Product) -> str:
    """Start it, expect it to give up by itself with a sentence, and return what it said."""
    done = subprocess.run(
        [str(PYTHON), "-m", "services"],
        cwd=REPOSITORY,
        env=product.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    said = (done.stdout + done.stderr).strip()
    assert done.returncode != 0, said
    assert said, "it said nothing"
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 2, said
    return said


def test_stopping_and_starting_again(stopped: Product) -> None:
    stopped.start()
    world = new_world(stopped, Random(61), [["RE"]])
    assert stopped.process is not None
    tree = [stopped.process.pid, *descendants(stopped.process.pid)]
    memory = sum(memory_of(process) for process in tree)
    assert memory <= MEMORY_LIMIT_KB, f"{memory} kB in {len(tree)} processes"
    before = time.monotonic()
    assert stopped.stop() == 0
    assert time.monotonic() - before < STOP_SECONDS
    until(lambda: not any(alive(process) for process in tree), 5, lambda: "every process to end")
    before = time.monotonic()
    stopped.start()
    assert time.monotonic() - before < START_SECONDS
    assert world.role("lead").get(f"/api/intake/v1/exercises/{world.exercise}").status_code == 200


def test_being_asked_to_end_is_like_ctrl_c(stopped: Product) -> None:
    stopped.start()
    process = stopped.process
    assert process is not None
    tree = [process.pid, *descendants(process.pid)]
    process.send_signal(signal.SIGTERM)
    process.wait(STOP_SECONDS)
    until(lambda: not any(alive(one) for one in tree), 5, lambda: "every process to end")


def memory_of(process: int) -> int:
    """What a process takes of the memory, shared parts shared out, in kB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def alive(process: int) -> bool:
    """Whether a process runs; one that ended and waits to be noticed does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_port_that_is_taken(stopped: Product) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", stopped.port))
        other.listen()
        assert str(stopped.port) in refused(stopped)
    assert not list(stopped.folder.glob("*.db")), "something was made before the port was looked at"


def test_a_data_folder_that_cannot_be(stopped: Product, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    stopped.environment["OPENDOOR_DATA"] = str(tmp_path / "file" / "data")
    assert "file" in refused(stopped)


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPENDOOR_BIND", "nowhere"), ("OPENDOOR_BIND", "127.0.0.1:99999"), ("OPENDOOR_DEMO", "perhaps")],
)
def test_a_setting_that_makes_no_sense(stopped: Product, name: str, value: str) -> None:
    stopped.environment[name] = value
    assert name in refused(stopped)


def test_a_data_folder_of_a_newer_version(stopped: Product) -> None:
    stopped.start()
    stopped.stop()
    changed = 0
    for path in stopped.folder.rglob("*"):
        if not path.is_file() or path.read_bytes()[:15] != b"SQLite format 3":
            continue
        with sqlite3.connect(path) as database:
            tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
            if "alembic_version" in tables:
                changed += database.execute("update alembic_version set version_num = '9999'").rowcount
        database.close()
    assert changed
    assert "newer" in refused(stopped).lower()


def test_two_houses_never_share_a_folder(stopped: Product) -> None:
    stopped.start()
    second = Product(stopped.folder)
    refused(second)
    assert stopped.client(None).get("/api/intake/v1/me").status_code == 401, "the first one runs on"
    assert os.path.isdir(stopped.folder)
