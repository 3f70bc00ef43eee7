"""Things that fail by themselves: set aside for a while, longer each time, and told from trouble that passes."""

from __future__ import annotations

import pytest

from shared.messaging.trouble import passes
from shared.runtime.stubborn import FIRST_REST_SECONDS, LONGEST_REST_SECONDS, Stubborn
from shared.storage.blobs.port import StoreAway


def fail(stubborn: Stubborn, name: str) -> None:
    with stubborn.by_itself(name):
        raise ValueError("what somebody wrote")


def test_it_rests_longer_each_time_and_is_forgotten_once_it_works() -> None:
    now = 0.0
    stubborn = Stubborn("cleaner", passes, monotonic=lambda: now)
    rests = []
    for failures in range(1, 12):
        fail(stubborn, "one")
        assert (stubborn.failures("one"), stubborn.failures("other")) == (failures, 0)
        began = now
        while "one" in stubborn.resting():
            now += FIRST_REST_SECONDS
        rests.append(now - began)
    assert rests[:3] == [FIRST_REST_SECONDS, 2 * FIRST_REST_SECONDS, 4 * FIRST_REST_SECONDS]
    assert rests[-1] == LONGEST_REST_SECONDS
    with stubborn.by_itself("one"):
        pass
    assert stubborn.failures("one") == 0


def test_what_is_never_tried_again_is_not_kept_for_ever() -> None:
    now = 0.0
    stubborn = Stubborn("cleaner", passes, monotonic=lambda: now)
    fail(stubborn, "gone")
    now = 2 * LONGEST_REST_SECONDS
    assert list(stubborn.resting()) == []
    assert stubborn.failures("gone") == 0


@pytest.mark.parametrize("trouble", [StoreAway("away"), MemoryError(), TimeoutError()])
def test_trouble_that_passes_is_nobodys_fault(trouble: Exception) -> None:
    stubborn = Stubborn("cleaner", passes)
    with pytest.raises(type(trouble)), stubborn.by_itself("one"):
        raise trouble
    assert list(stubborn.resting()) == []


def test_the_log_tells_the_kind_and_quotes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[dict[str, object]] = []

    class Log:
        def warning(self, event: str, **told: object) -> None:
            lines.append({"event": event, **told})

    monkeypatch.setattr("shared.runtime.stubborn._log", Log())
    fail(Stubborn("cleaner", passes), "one")
    (told,) = lines
    assert told["error"] == "ValueError"
    assert "what somebody wrote" not in str(told)
