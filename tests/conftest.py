"""The real servers, shared by every test of a session that does not kill them, and the rule that nobody leaves a client
of theirs running."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from deploy.servers.kafka import Kafka
from deploy.servers.postgres import Postgres
from deploy.servers.seaweed import KEY, SECRET, Seaweed
from services.cli import backups, opened
from shared.storage import migrations
from tests.made_once import CompiledOnce, MigratedOnce
from tests.system.machinery import Servers


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
