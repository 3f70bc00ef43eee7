"""What holds for a whole run: where folders lie, which files come first, what is made once, the real servers for every
test that does not kill them, and the rule that nobody leaves a client of theirs running."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from deploy.servers.kafka import Kafka
from deploy.servers.postgres import Postgres
from deploy.servers.seaweed import KEY, SECRET, Seaweed
from services.cli import backups, opened
from shared.storage import migrations
from tests.made_once import CompiledOnce, MigratedOnce
from tests.system.machinery import Servers

IN_MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that must be free there before tests keep their folders in it; a whole run takes less than one of the four."""


def pytest_configure(config: pytest.Config) -> None:
    """Say where the folders of tests lie, and in which order workers take the files."""
    # Every transaction waits for its disk, and no test cuts the power: what is killed has written to the system's
    # memory, which outlives it on either. A disk that is full or refuses is made by the tests that need one.
    if IN_MEMORY.is_dir() and _takes_folders(IN_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))
    # xdist would begin with the files of most tests, which are the quickest, and end with one long file alone.
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def _takes_folders(folder: Path) -> bool:
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize >= ROOM and not about.f_flag & os.ST_NOEXEC and os.access(folder, os.W_OK)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Among several workers, the files with slow tests come first: the quick ones fill up what is left at the end."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def _what_is_always_the_same_is_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    once = MigratedOnce(migrations.upgrade, tmp_path_factory.mktemp("migrated"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "upgrade", once)
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": CompiledOnce()})
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_command_given_inside_a_test_leaves_the_log_as_it_is() -> Iterator[None]:
    # A command sets the log up for its process, which here is that of all tests to come: some of them read the log.
    with pytest.MonkeyPatch.context() as patch:
        for module in (opened, backups):
            patch.setattr(module, "configure_log", lambda level="warning": None)
        yield


@pytest.fixture(scope="module", autouse=True)
def _no_client_of_kafka_outlives_its_tests() -> Iterator[None]:
    # One that goes on looking for its broker draws random numbers in a thread of its own, and hypothesis then blames
    # whichever property it happens to be trying.
    before = _clients_of_kafka()
    yield
    left = _clients_of_kafka() - before
    assert {thread.name for thread in left} == set()


def _clients_of_kafka() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("kafka-io-")}


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Kafka, PostgreSQL and an S3 server, each started by the first test that needs it."""
    started = Servers(tmp_path_factory.mktemp("servers"))
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("AWS_ACCESS_KEY_ID", KEY)
        environ.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield started
    started.stop()


@pytest.fixture(scope="session")
def kafka(servers: Servers) -> Kafka:
    """One broker for everybody."""
    return servers.kafka


@pytest.fixture(scope="session")
def postgres(servers: Servers) -> Postgres:
    """One cluster for everybody."""
    return servers.postgres


@pytest.fixture(scope="session")
def seaweed(servers: Servers) -> Seaweed:
    """One S3 server for everybody."""
    return servers.seaweed
