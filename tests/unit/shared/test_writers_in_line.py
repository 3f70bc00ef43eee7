"""Writers of one SQLite file wait in a line that no dead process can block."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from sqlalchemy import text

from shared.storage.database import Database, open_database


def a_database(folder: Path) -> Database:
    database = open_database(f"sqlite:///{folder / 'new' / 'facts.db'}")
    with database.transaction() as tx:
        tx.execute(text("CREATE TABLE facts (what INTEGER NOT NULL)"))
    database.close()
    return database


def add_one_more(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(text("INSERT INTO facts SELECT count(*) FROM facts"))


def test_many_writers_in_many_processes_all_get_their_turn(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            threads = [threading.Thread(target=lambda: [add_one_more(database) for _ in range(10)]) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    with database.reading() as tx:
        assert list(tx.execute(text("SELECT what FROM facts ORDER BY what")).scalars()) == list(range(80))
    database.close()


def test_a_writer_that_is_killed_lets_the_next_one_go_on(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    said, says = os.pipe()
    child = os.fork()
    if child == 0:
        with database.transaction() as tx:
            tx.execute(text("INSERT INTO facts VALUES (99)"))
            os.write(says, b"!")
            signal.pause()
        os._exit(0)
    assert os.read(said, 1) == b"!"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(said)
    os.close(says)
    add_one_more(database)
    with database.reading() as tx:
        assert list(tx.execute(text("SELECT what FROM facts")).scalars()) == [0]
    database.close()
