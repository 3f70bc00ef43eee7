"""One command starts everything, says how to get in, and lets go of everything again; or says in a sentence why not."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from deploy.servers.waiting import until
from tests.acceptance.product import Product, descendants, kill_all, running

pytestmark = pytest.mark.slow

ROLES = {"volunteer", "lead", "data-keeper", "sponsor", "manager", "working-group", "staff"}
MEMORY_KILOBYTES = 350 * 1024


@contextmanager
def demo(folder: Path) -> Iterator[Product]:
    product = Product(folder)
    product.environment["OPENDOOR_DEMO"] = "1"
    try:
        product.start()
        yield product
    finally:
        product.stop()


def links(product: Product) -> dict[str, str]:
    """What the last start printed: role -> sign-in link."""
    printed = product.log.read_text().rpartition("Open Door is at")[2]
    return dict(re.findall(r"^ +(\S+) +(http\S+/sign-in/\S+)$", printed, re.MULTILINE))


def memory_of(pids: list[int]) -> int:
    """Proportional memory in kilobytes: what several processes share is counted once."""
    return sum(
        int(re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1])  # type: ignore[index]
        for pid in pids
    )


def refused(product: Product) -> str:
    """Try to start; what was said instead. It must be one sentence, and exit code 2."""
    done = subprocess.run(
        [sys.executable, "-m", "services"],
        env=product.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
    return done.stderr


def test_the_demo_is_there_with_a_link_for_each_role_and_again_after_a_restart(tmp_path: Path) -> None:
    with demo(tmp_path / "data") as product:
        first = links(product)
        assert set(first) >= ROLES
        for link in first.values():
            assert requests.get(link, timeout=20).status_code == 200
        assert product.process is not None
        tree = [product.process.pid, *descendants(product.process.pid)]
        assert memory_of(tree) < MEMORY_KILOBYTES
        began = time.monotonic()
        assert product.stop() == 0
        assert time.monotonic() - began < 10
        assert not any(Path(f"/proc/{pid}").exists() for pid in tree)

        began = time.monotonic()
        product.start()
        assert time.monotonic() - began < 15  # 5 on a machine that does nothing else
        assert set(links(product)) >= ROLES
        assert requests.get(first["lead"], timeout=20).status_code == 200


def test_a_process_that_dies_is_started_again_and_a_dead_parent_leaves_nobody(tmp_path: Path) -> None:
    with running(tmp_path / "data") as product:
        assert product.process is not None
        parent = product.process.pid
        children = descendants(parent)
        kill_all(children)
        until(lambda: len(set(descendants(parent)) - set(children)) >= len(children), 20, "everything to be back")
        stranger = product.client(None)
        until(lambda: _answers(product), 20, "an answer")
        assert stranger.get("/api/intake/v1/me").status_code == 401

        tree = descendants(parent)
        os.kill(parent, signal.SIGKILL)
        product.process.wait(10)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in tree), 10, "the children to be gone")
        product.start()


def _answers(product: Product) -> bool:
    try:
        return product.client(None).get("/healthz").status_code == 200
    except requests.ConnectionError:
        return False


def test_a_second_start_on_the_same_folder_or_port_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with running(tmp_path / "data") as product:
        assert "already running" in refused(product)
        other = Product(tmp_path / "other")
        other.environment["OPENDOOR_BIND"] = product.environment["OPENDOOR_BIND"]
        assert "taken" in refused(other)


def test_what_is_wrong_with_the_folder_is_said_before_anything_starts(tmp_path: Path) -> None:
    product = Product(tmp_path / "data")
    product.folder.mkdir()
    (product.folder / "VERSION").write_text("99\n")
    assert "newer version" in refused(product)
    product.environment["OPENDOOR_DATA"] = str(product.folder / "VERSION")
    assert "cannot be written" in refused(product)


def test_a_database_of_a_newer_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    product = Product(tmp_path / "data")
    assert product.command("reporting", "migrate").returncode == 0
    database = sqlite3.connect(product.folder / "reporting.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    assert "newer version" in refused(product)


def test_a_python_that_is_too_old_is_told_in_a_sentence(tmp_path: Path) -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_module('services', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "Open Door needs Python 3.11 or newer; this is 3.9.\n")


def test_whoever_asks_for_help_starts_nothing(tmp_path: Path) -> None:
    environ = {**os.environ, "OPENDOOR_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "services", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environ)
    assert (done.returncode, "opendoor --help" in done.stderr) == (2, True)
    assert not (tmp_path / "data").exists()


def test_a_body_that_is_too_big_is_refused_and_not_cut_off(tmp_path: Path) -> None:
    with running(tmp_path / "data") as product:
        path = "/api/intake/v1/visits/0c5f6a3e-52c4-5d0a-8a54-6f4e0d3f7b21"
        with socket.create_connection(("127.0.0.1", product.port)) as line:
            line.settimeout(20)
            head = (
                f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\nContent-Type: application/json\r\n\r\n"
            )
            line.sendall(head.encode() + b" " * 20_000_000)
            assert line.recv(12) in (b"HTTP/1.1 413", b"HTTP/1.1 401")
