"""A bucket of a real S3 server keeps the object store's contract, and says plainly when it cannot be used."""

from __future__ import annotations

import urllib.error
import urllib.request
import uuid

import pytest

from deploy.servers.seaweed import Seaweed
from deploy.servers.waiting import until
from shared.storage.blobs.port import ObjectExists, StoreAway
from shared.storage.blobs.s3_bucket import PART, S3Bucket
from tests.contract.object_store_contract import ObjectStoreContract

pytestmark = pytest.mark.slow


def refused(link: str) -> bool:
    """Whether the link opens nothing."""
    try:
        urllib.request.urlopen(link).close()
    except urllib.error.HTTPError as error:
        return error.code == 403
    return False


class TestS3Bucket(ObjectStoreContract):
    @pytest.fixture
    def store(self, seaweed: Seaweed) -> S3Bucket:
        return S3Bucket(seaweed.make_bucket(f"b-{uuid.uuid4().hex}"))

    def test_big_files_go_up_in_parts_and_never_overwrite(self, store: S3Bucket) -> None:
        body = bytes(range(256)) * (PART // 128)
        store.put("documents/big", body, "application/pdf")
        assert store.get("documents/big") == body
        with pytest.raises(ObjectExists):
            store.put("documents/big", body + b"x", "application/pdf")
        assert store.head("documents/big").bytes == len(body)

    def test_a_link_opens_one_object_for_a_while(self, seaweed: Seaweed) -> None:
        url = seaweed.make_bucket(f"b-{uuid.uuid4().hex}")
        store = S3Bucket(f"{url}&public={seaweed.endpoint}")
        store.put("photos/abc", b"bytes", "image/jpeg")
        link = store.link("photos/abc", 60)
        assert link is not None
        with urllib.request.urlopen(link) as answer:
            assert answer.read() == b"bytes"
            assert answer.headers["Cache-Control"] == "no-store"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(link.replace("photos/abc", "photos/abd"))
        late = store.link("photos/abc", 1)
        assert late is not None
        until(lambda: refused(late), 10, "the end of the link")

    def test_without_a_public_address_there_are_no_links(self, store: S3Bucket) -> None:
        assert store.link("photos/abc", 60) is None

    def test_a_folder_of_a_bucket_is_a_store_of_its_own(self, seaweed: Seaweed) -> None:
        url = seaweed.make_bucket(f"b-{uuid.uuid4().hex}")
        whole, folder = S3Bucket(url), S3Bucket(url.replace("?", "/brighton?"))
        folder.put("photos/abc", b"bytes", "image/jpeg")
        assert list(folder.keys("photos/")) == ["photos/abc"]
        assert list(whole.keys("")) == ["brighton/photos/abc"]

    def test_a_missing_bucket_is_named(self, seaweed: Seaweed) -> None:
        with pytest.raises(StoreAway, match="There is no bucket 'nowhere'"):
            S3Bucket(f"s3://nowhere?endpoint={seaweed.endpoint}").check()

    def test_a_bucket_is_made_once(self, seaweed: Seaweed) -> None:
        store = S3Bucket(f"s3://b-{uuid.uuid4().hex}?endpoint={seaweed.endpoint}")
        assert store.make_bucket()
        assert not store.make_bucket()
        store.check()

    def test_a_server_that_is_away_is_said_to_be(self, seaweed: Seaweed) -> None:
        away = S3Bucket("s3://b?endpoint=http://127.0.0.1:9")
        with pytest.raises(StoreAway, match="cannot be reached"):
            away.put("photos/abc", b"bytes", "image/jpeg")
