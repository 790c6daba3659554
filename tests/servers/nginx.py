"""A real nginx for the tests, with the configuration that docs/nginx.md tells operators to use."""

import os
import shutil
import signal
import ssl
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.servers import ServerUnavailableError
from tests.servers.binaries import nginx_program, server_user
from tests.servers.certificate import write_certificate
from tests.servers.process import HOST, GuardedProcess, free_port, listens

START_SECONDS = 10.0
DOCUMENTED = Path(__file__).parents[2] / "docs" / "nginx" / "nginx.conf"
MAIN = """daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/wuye.conf;
}}
"""


class NginxServer:
    """One nginx before the processes at `ports`; `changes` of the documented text must find what they change."""

    def __init__(self, ports: tuple[int, int], **changes: str) -> None:
        self.port, self._plain = free_port(), free_port()
        self._ports = ports
        self._changes = changes
        self._folder: Path | None = None
        self._process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def start(self) -> None:
        """Start, and wait until it listens; raise ServerUnavailableError after 10 s."""
        if self._process is not None:
            return
        program = nginx_program()
        folder = self._folder = self._make_folder()
        command: list[str | Path] = [program, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]
        self._process = GuardedProcess(command, folder / "log", user=server_user(), remove=folder, folder=folder)
        deadline = time.monotonic() + START_SECONDS
        while not listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerUnavailableError(f"nginx did not start:\n{self._process.tail()}\n{self.errors()}")
            time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        """Stop it; its folder goes."""
        if self._process is not None:
            self._process.end(signal.SIGTERM)
        if self._folder is not None:
            shutil.rmtree(self._folder)

    @property
    def url(self) -> str:
        """Where HTTP is spoken, over TLS."""
        return f"https://{HOST}:{self.port}"

    @property
    def websocket_url(self) -> str:
        """Where graphql-transport-ws is spoken, over TLS."""
        return f"wss://{HOST}:{self.port}/graphql"

    def context(self) -> ssl.SSLContext:
        """Trusts its certificate."""
        assert self._folder is not None
        return ssl.create_default_context(cafile=self._folder / "tls" / "wuye.crt")

    def errors(self) -> str:
        """What it logged."""
        assert self._folder is not None
        log = self._folder / "error.log"
        return log.read_text() if log.exists() else ""

    def _make_folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="wuye-nginx-"))
        changes = {
            "127.0.0.1:8001": f"{HOST}:{self._ports[0]}",
            "127.0.0.1:8002": f"{HOST}:{self._ports[1]}",
            "listen [::]:80;": "",
            "listen [::]:443 ssl http2;": "",
            "listen 80;": f"listen {HOST}:{self._plain};",
            "listen 443 ssl": f"listen {HOST}:{self.port} ssl",
            "/etc/nginx/": f"{folder}/",
            **self._changes,
        }
        text = DOCUMENTED.read_text()
        for documented, here in changes.items():
            assert documented in text, f"{DOCUMENTED.name} has no {documented!r} any more"
            text = text.replace(documented, here)
        (folder / "wuye.conf").write_text(text)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        (folder / "tls").mkdir()
        write_certificate(folder / "tls" / "wuye.crt", folder / "tls" / "wuye.key")
        user = server_user()
        if user is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, user, user)
        return folder
