"""Long work stands far back and lets whoever waits go first; the thread that asked for it keeps its own place."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest

from shared.runtime.mildly import FAR_BACK, Mildly


@pytest.fixture
def mildly() -> Iterator[Mildly]:
    one = Mildly("mild-test")
    yield one
    one.close()


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_the_work_stands_back_and_the_one_who_asked_does_not(mildly: Mildly) -> None:
    before = niceness()
    expected = FAR_BACK if sys.platform == "linux" else before
    assert mildly.run(niceness) == expected
    assert mildly.run(niceness) == expected
    assert niceness() == before


def test_what_the_work_raises_is_raised_and_the_next_work_is_done(mildly: Mildly) -> None:
    def broken() -> None:
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        mildly.run(broken)
    assert mildly.run(lambda: 7) == 7


def test_closed_it_can_be_closed_again_and_begins_anew_when_there_is_work(mildly: Mildly) -> None:
    mildly.run(lambda: None)
    mildly.close()
    mildly.close()
    assert mildly.run(lambda: 8) == 8
