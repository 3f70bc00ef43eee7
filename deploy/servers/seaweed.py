"""SeaweedFS as the S3 server of the tests, from its own package on the Python index."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deploy.servers.ports import free_ports
from deploy.servers.waiting import end_of, until

KEY, SECRET = "test-key", "test-secret"
_PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port",
    "s3.port.grpc",
    "admin.port",
    "admin.port.grpc",
)


class Seaweed:
    """One `weed mini` in a folder. Stopping and starting it again keeps its objects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        self.endpoint = f"http://127.0.0.1:{self.ports['s3.port']}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; returns when a first object could be put."""
        self.folder.mkdir(parents=True, exist_ok=True)
        identities = [{"name": "app", "credentials": [{"accessKey": KEY, "secretKey": SECRET}]}]
        identities[0]["actions"] = ["Admin", "Read", "Write", "List", "Tagging"]
        (self.folder / "s3.json").write_text(json.dumps({"identities": identities}))
        flags = {name: str(port) for name, port in self.ports.items()}
        flags |= {"dir": str(self.folder), "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "webdav": "false"}
        flags |= {"s3.port.iceberg": "0", "s3.port.lance": "0", "admin.ui": "false", "master.telemetry": "false"}
        flags |= {"s3.allowDeleteBucketNotEmpty": "false", "s3.config": str(self.folder / "s3.json")}
        weed = Path(sys.executable).with_name("weed")
        command = [str(weed), "mini", *(f"-{name}={value}" for name, value in flags.items())]
        with (self.folder / "weed.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True, env=dict(os.environ)
            )
        until(self._put_works, 60, "the S3 server", self.state)

    def state(self) -> str:
        """Whether it runs, and the end of its log."""
        ended = self._process is None or self._process.poll() is not None
        return f"the S3 server {'ended' if ended else 'runs'}\n{end_of(self.folder / 'weed.log')}"

    def client(self) -> Any:
        """A plain boto3 client, for what only a test does."""
        config = Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=1,
            read_timeout=3,
            retries={"total_max_attempts": 1},
        )
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=config,
        )

    def make_bucket(self, name: str) -> str:
        """Make a bucket, unless it is there; the URL our settings would name it by."""
        client = self.client()
        if not any(bucket["Name"] == name for bucket in client.list_buckets()["Buckets"]):
            client.create_bucket(Bucket=name)
        return f"s3://{name}?endpoint={self.endpoint}"

    def stop(self, how: int = signal.SIGKILL) -> None:
        """Stop the server, by default as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, how)
            self._process.wait(timeout=30)
            self._process = None

    def pause(self) -> None:
        """Let the server hang: it holds its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a hanging server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def _put_works(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(self.state())
        try:
            client = self.client()
            if not any(b["Name"] == "ready" for b in client.list_buckets()["Buckets"]):
                client.create_bucket(Bucket="ready")
            client.put_object(Bucket="ready", Key="ready", Body=b"ready")
        except (BotoCoreError, ClientError):
            return False
        return True
