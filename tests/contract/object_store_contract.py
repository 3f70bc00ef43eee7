"""What every object store must do; an adapter's test only says how to get one."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared.storage.blobs.port import ObjectExists, ObjectMissing, ObjectStore


class ObjectStoreContract:
    """Inherit, and give a `store` fixture."""

    def test_what_is_put_can_be_got(self, store: ObjectStore) -> None:
        stored = store.put("photos/abc", b"bytes", "image/jpeg")
        assert stored.sha256 == hashlib.sha256(b"bytes").hexdigest()
        assert store.get("photos/abc") == b"bytes"
        head = store.head("photos/abc")
        assert (head.sha256, head.bytes) == (stored.sha256, 5)

    def test_the_same_bytes_again_are_harmless(self, store: ObjectStore) -> None:
        assert store.put("photos/abc", b"bytes", "image/jpeg") == store.put("photos/abc", b"bytes", "image/jpeg")

    def test_other_bytes_never_overwrite(self, store: ObjectStore) -> None:
        store.put("documents/e/1.json", b"one", "application/json")
        with pytest.raises(ObjectExists):
            store.put("documents/e/1.json", b"two", "application/json")
        assert store.get("documents/e/1.json") == b"one"

    def test_of_many_at_once_one_wins(self, store: ObjectStore) -> None:
        def attempt(number: int) -> bool:
            try:
                store.put("photos/raced", str(number).encode(), "image/jpeg")
            except ObjectExists:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(attempt, range(16)))
        assert won.count(True) == 1
        assert store.get("photos/raced") == str(won.index(True)).encode()

    def test_what_is_not_there_is_missing(self, store: ObjectStore) -> None:
        for ask in (store.get, store.head):
            with pytest.raises(ObjectMissing):
                ask("photos/nothing")
        store.delete("photos/nothing")

    def test_deleting_removes(self, store: ObjectStore) -> None:
        store.put("originals/abc", b"bytes", "image/jpeg")
        store.delete("originals/abc")
        with pytest.raises(ObjectMissing):
            store.get("originals/abc")
        store.put("originals/abc", b"other", "image/jpeg")
        assert store.get("originals/abc") == b"other"

    def test_keys_are_listed_by_prefix_in_order(self, store: ObjectStore) -> None:
        for key in ("photos/bb", "photos/aa", "documents/e/pack/1/x.html", "originals/cc"):
            store.put(key, key.encode(), "text/plain")
        assert list(store.keys("photos/")) == ["photos/aa", "photos/bb"]
        assert list(store.keys("documents/e/")) == ["documents/e/pack/1/x.html"]

    def test_each_key_is_told_with_when_it_was_written(self, store: ObjectStore) -> None:
        began = datetime.now(UTC)
        for key in ("photos/bb", "photos/aa", "photos/cc", "originals/cc"):
            store.put(key, key.encode(), "text/plain")
        found = list(store.written("photos/"))
        assert [key for key, _ in found] == ["photos/aa", "photos/bb", "photos/cc"]
        # Servers tell it to the second.
        slack = timedelta(seconds=5)
        assert all(began - slack < at < datetime.now(UTC) + slack for _, at in found)

    def test_one_may_go_on_after_a_key_that_need_not_be_there(self, store: ObjectStore) -> None:
        for key in ("photos/aa", "photos/bb", "photos/cc"):
            store.put(key, key.encode(), "text/plain")
        for after in ("photos/aa", "photos/ab"):
            assert [key for key, _ in store.written("photos/", after)] == ["photos/bb", "photos/cc"]
        assert list(store.written("photos/", "photos/cc")) == []
        assert list(store.written("voices/")) == []

    @pytest.mark.parametrize("key", ["../up", "/absolute", "photos/../x", "", "photos//x", "Photos/x", "a\x00b"])
    def test_a_key_cannot_leave_the_store(self, store: ObjectStore, key: str) -> None:
        with pytest.raises(ValueError, match="not a key"):
            store.put(key, b"bytes", "text/plain")
