"""`opendoor replay` on Kafka and PostgreSQL: the command, as an operator runs it, works out from the topics what was
there before, to the byte, and stands back while a worker runs anywhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from deploy.servers.waiting import until
from services.assessment import demo as replies
from services.assessment.store import tables as assessed
from services.intake import demo as field_work
from services.reporting import demo as follow_up
from services.reporting.store import tables as reported
from shared.access import tables as access
from shared.messaging.log.kafka_log import KafkaLog
from shared.messaging.running import close_all
from tests.acceptance.product import PYTHON, REPOSITORY
from tests.system.in_process import InProcess
from tests.system.machinery import FULL, Place, Servers
from tests.system.test_replay import everything_told, own

pytestmark = pytest.mark.slow
COMMAND_SECONDS = 240
"""The demo is a few hundred events; what takes long is that each group takes up its partitions anew."""
KEYS = {"OPENDOOR_SIGNING_KEY": "signing-" * 8, "OPENDOOR_IDENTITY_KEY": "identity-" * 8}


class House(InProcess):
    """The demo on the full set, with the command line beside it."""

    def __init__(self, folder: Path, place: Place) -> None:
        chosen = place.settings()
        super().__init__(folder, chosen)
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OPENDOOR_")},
            **{f"OPENDOOR_{name.upper()}": value for name, value in chosen.items()},
            **KEYS,
            "OPENDOOR_DATA": str(folder),
            "OPENDOOR_DEMO": "0",
        }

    def let_go(self) -> None:
        """Leave the groups, as workers do that were stopped."""
        close_all(self.jobs)

    def replay(self) -> subprocess.CompletedProcess[str]:
        """`opendoor replay`."""
        command = [str(PYTHON.with_name("opendoor")), "replay"]
        return subprocess.run(
            command,
            cwd=REPOSITORY,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )


@pytest.fixture(scope="module")
def house(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("replay") / "data", Place(FULL, servers))
    field_work.load(house.intake)
    house.drain()
    replies.load(house.services["assessment"])
    follow_up.load(house.services["reporting"])
    house.drain()
    house.let_go()
    yield house
    house.close()


def test_the_topics_tell_everything_again_to_the_byte(house: House) -> None:
    before, kept = everything_told(house), own(house)
    assert len([text for text in before.values() if text.startswith("200")]) > 20
    spoil(house)
    assert everything_told(house) != before
    done = house.replay()
    assert (done.returncode, "worked out anew" in done.stdout) == (0, True), done.stdout + done.stderr
    assert everything_told(house) == before
    assert own(house) == kept


def spoil(house: House) -> None:
    """Lose or falsify some of what the log can tell again."""
    with house.services["assessment"].database.transaction() as tx:
        tx.execute(update(assessed.wave_tallies).values(seen={}, people={}, ratings={}))
        tx.execute(delete(assessed.visits))
        tx.execute(delete(access.memberships))
    with house.services["reporting"].database.transaction() as tx:
        tx.execute(delete(reported.visit_stories))
        tx.execute(delete(reported.findings))


def test_a_worker_on_another_machine_is_left_alone(house: House, tmp_path: Path) -> None:
    before = everything_told(house)
    # Another data folder, so another machine as far as turns go: only the members of its group tell of it.
    elsewhere = house.environ | {"OPENDOOR_DATA": str(tmp_path / "elsewhere")}
    command = [str(PYTHON.with_name("opendoor")), "assessment", "worker"]
    with (tmp_path / "worker.log").open("ab") as log:
        worker = subprocess.Popen(command, cwd=REPOSITORY, env=elsewhere, stdout=log, stderr=log)
    try:
        until(lambda: joined(house, "assessment"), 60, "the worker to join its group")
        refused = house.replay()
        assert refused.returncode == 1
        assert "Somebody reads for the group assessment: stop the services first." in refused.stderr
    finally:
        worker.terminate()
        worker.wait(20)
    assert everything_told(house) == before


def joined(house: House, group: str) -> bool:
    log = house.services["assessment"].log
    assert isinstance(log, KafkaLog)
    name = log.address.group(group)
    return bool(log.cluster.ask(lambda admin: admin.describe_groups([name]))[name]["members"])
