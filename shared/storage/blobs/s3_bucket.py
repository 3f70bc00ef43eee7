"""Objects in a bucket of any S3 server. A key is written under the condition that it is free, so that no version of a
document and no photo can ever be overwritten, whoever races."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.storage.blobs.port import ObjectExists, ObjectMissing, StoreAway, StoredObject, checked_key

PART = 8 * 1024 * 1024
"""Bytes of one part; what is larger than this goes up in parts."""
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_Answer = TypeVar("_Answer")


class S3Bucket:
    """A bucket, or a folder of it. The client is made on first use, in each process for itself.

    `url` is `s3://bucket/prefix?endpoint=http://…&region=…&encryption=AES256&public=https://…`; keys and secrets come
    from the environment or the machine's role, as boto3 finds them. `public` is where browsers reach the same store.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.bucket = parts.netloc
        self.prefix = unquote(parts.path).strip("/")
        self._endpoint = asked.get("endpoint")
        self._region = asked.get("region", "us-east-1")
        self._encryption = asked.get("encryption")
        self._public = asked.get("public")
        self._client: Any = None
        self._signer: Any = None
        self._lock = threading.Lock()

    def make_bucket(self) -> bool:
        """Make the bucket, if it is not there; whether it was made. Raises StoreAway."""
        found = self._ask("list_buckets", whole=True)
        if any(bucket["Name"] == self.bucket for bucket in found["Buckets"]):
            return False
        self._ask("create_bucket")
        return True

    def put(self, key: str, body: bytes, media_type: str, *, sha256: str = "") -> StoredObject:
        """Store `body`; durable on return. Raises ObjectExists (other bytes lie there), StoreAway."""
        stored = StoredObject(key, sha256 or hashlib.sha256(body).hexdigest(), len(body), media_type)
        try:
            if len(body) > PART:
                self._put_in_parts(stored, body)
            else:
                digest = base64.b64encode(bytes.fromhex(stored.sha256)).decode()
                self._ask(
                    "put_object",
                    Key=self._name(key),
                    Body=body,
                    IfNoneMatch="*",
                    ChecksumSHA256=digest,
                    **self._how(stored),
                )
        except _Taken:
            self._refuse_others(stored)
        return stored

    def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises ObjectMissing, StoreAway."""
        answer = self._ask("get_object", Key=self._name(key), missing=key)
        try:
            return bytes(answer["Body"].read())
        except (BotoCoreError, OSError) as broken:
            raise StoreAway(f"The object store went away while reading: {type(broken).__name__}.") from broken

    def head(self, key: str) -> StoredObject:
        """What lies under `key` now, hashed afresh from its bytes. Raises ObjectMissing, StoreAway."""
        body = self.get(key)
        return StoredObject(key, hashlib.sha256(body).hexdigest(), len(body), "application/octet-stream")

    def delete(self, key: str) -> None:
        """Remove the object. Raises StoreAway."""
        self._ask("delete_object", Key=self._name(key))

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that starts with `prefix`, in order. Raises StoreAway."""
        return (key for key, _ in self.written(prefix))

    def written(self, prefix: str, after: str = "") -> Iterator[tuple[str, datetime]]:
        """Every key that starts with `prefix` and comes after `after`, in order, with when its object was written.

        Raises StoreAway.
        """
        begin = f"{self.prefix}/" if self.prefix else ""
        where: dict[str, Any] = {"StartAfter": begin + after} if after else {}
        while True:
            page = self._ask("list_objects_v2", Prefix=begin + prefix, **where)
            for entry in page.get("Contents", []):
                yield entry["Key"].removeprefix(begin), entry["LastModified"]
            if not page.get("IsTruncated"):
                return
            where = {"ContinuationToken": page["NextContinuationToken"]}

    def link(self, key: str, seconds: int) -> str | None:
        """A link at the public address that opens this one object for so many seconds; None without such an address.

        Ask the rules before you give it to anybody. Whoever opens it is told to keep no copy.
        """
        if self._public is None:
            return None
        with self._lock:
            if self._signer is None:
                # Signed for the host that the browser asks, which need not be the one that we ask.
                self._signer = self._client_at(self._public)
        asked = {"Bucket": self.bucket, "Key": self._name(key), "ResponseCacheControl": "no-store"}
        return str(self._signer.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds))

    def check(self) -> None:
        """Raises StoreAway with a sentence when the bucket is not there or not ours."""
        self._ask("head_bucket")

    def _put_in_parts(self, stored: StoredObject, body: bytes) -> None:
        name = self._name(stored.key)
        upload = self._ask("create_multipart_upload", Key=name, ChecksumAlgorithm="SHA256", **self._how(stored))
        same = {"Key": name, "UploadId": upload["UploadId"]}
        try:
            parts = []
            for number, start in enumerate(range(0, len(body), PART), 1):
                piece = body[start : start + PART]
                digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
                sent = self._ask("upload_part", PartNumber=number, Body=piece, ChecksumSHA256=digest, **same)
                parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": digest})
            self._ask("complete_multipart_upload", MultipartUpload={"Parts": parts}, IfNoneMatch="*", **same)
        except BaseException:
            self._ask("abort_multipart_upload", **same)
            raise

    def _refuse_others(self, stored: StoredObject) -> None:
        try:
            found = self.head(stored.key)
        except ObjectMissing:
            raise StoreAway("Somebody else is storing this very object; try again.") from None
        if found.sha256 != stored.sha256:
            raise ObjectExists(stored.key) from None

    def _how(self, stored: StoredObject) -> dict[str, Any]:
        encryption = {"ServerSideEncryption": self._encryption} if self._encryption else {}
        return {"ContentType": stored.media_type, "Metadata": {"sha256": stored.sha256}, **encryption}

    def _name(self, key: str) -> str:
        checked_key(key)
        return f"{self.prefix}/{key}" if self.prefix else key

    def _open(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._client_at(self._endpoint)
            return self._client

    def _client_at(self, address: str | None) -> Any:
        return boto3.session.Session().client(
            "s3",
            endpoint_url=address,
            region_name=self._region,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=3,
                read_timeout=8,
                retries={"total_max_attempts": 2, "mode": "standard"},
                max_pool_connections=16,
            ),
        )

    def _ask(self, verb: str, *, missing: str = "", whole: bool = False, **arguments: Any) -> Any:
        where = {} if whole else {"Bucket": self.bucket}
        call = partial(getattr(self._open(), verb), **where, **arguments)
        return _answered(call, self.bucket, missing)


class _Taken(Exception):
    """The condition that the key be free did not hold."""


def _answered(call: Callable[[], _Answer], bucket: str, missing: str) -> _Answer:
    try:
        return call()
    except ClientError as refused:
        code = str(refused.response.get("Error", {}).get("Code", ""))
        if code in _TAKEN:
            raise _Taken from refused
        if code == "NoSuchBucket" or (code == "404" and not missing):
            raise StoreAway(
                f"There is no bucket {bucket!r}: make it, or name another in OPENDOOR_OBJECTS."
            ) from refused
        if code in _MISSING:
            raise ObjectMissing(missing) from refused
        raise StoreAway(f"The object store refused: {code}.") from refused
    except (BotoCoreError, OSError) as away:
        raise StoreAway(f"The object store cannot be reached: {type(away).__name__}.") from away
