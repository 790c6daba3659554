"""A real MQTT broker for the tests: passwords, the documented access list, a session store that survives restarts."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.servers import ExternalServerError, ServerUnavailableError
from tests.servers.binaries import mosquitto_program, server_user
from tests.servers.process import HOST, GuardedProcess, free_port, listens

START_SECONDS = 10.0
HOUSE = "wuye"
DOCUMENTED = Path(__file__).parents[2] / "docs" / "mosquitto"
"""The configuration and the access list that docs/mqtt.md tells operators to use: the tests run with them."""


class MosquittoServer:
    """One broker. `stop_broker` and `start` keep port, passwords and sessions.

    With TEST_MQTT_URL that broker is used instead: nobody is refused there, and it is never restarted.
    """

    def __init__(self, **passwords: str) -> None:
        """`passwords` by user name."""
        self._external = os.environ.get("TEST_MQTT_URL")
        self._passwords = passwords
        self._folder: Path | None = None
        self._port = 0
        self._process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        """Start the broker."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the broker and forget its sessions."""
        if self._process is not None:
            self.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder)

    @property
    def external(self) -> bool:
        """Whether the broker is somebody else's."""
        return self._external is not None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        if self._external:
            host, _, port = self._external.partition("://")[2].rpartition("@")[2].partition(":")
            return host, int(port or 1883)
        return HOST, self._port

    def url(self, user: str) -> str:
        """The address for a user, with the password."""
        host, port = self.address
        return f"mqtt://{user}:{self._passwords[user]}@{host}:{port}"

    def password(self, user: str) -> str:
        """The password of a user."""
        return self._passwords[user]

    def start(self) -> None:
        """Start and wait until it listens; raise ServerUnavailableError after 10 s."""
        if self._external or (self._process is not None and self._process.poll() is None):
            return
        program = mosquitto_program()
        self._port = self._port or free_port()
        folder = self._folder = self._folder or self._make_folder()
        self._process = GuardedProcess(
            [program, "-c", folder / "mosquitto.conf"], folder / "log", user=server_user(), remove=folder, folder=folder
        )
        deadline = time.monotonic() + START_SECONDS
        while not listens(self._port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerUnavailableError(f"mosquitto did not start:\n{self._process.tail()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Shut down in order: sessions are written."""
        if self._external or self._process is None:
            raise ExternalServerError("cannot stop the broker of TEST_MQTT_URL: unset it here")
        self._process.end(signal.SIGTERM)
        self._process = None

    def _make_folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="wuye-mosquitto-"))
        (folder / "acl").write_text((DOCUMENTED / "acl").read_text())
        text = (DOCUMENTED / "mosquitto.conf").read_text()
        text = text.replace("listener 1883", f"listener {self._port} {HOST}").replace("/etc/mosquitto/", f"{folder}/")
        (folder / "mosquitto.conf").write_text(text.replace("/var/lib/mosquitto/", f"{folder}/"))
        (folder / "passwords").write_text("".join(f"{name}:{word}\n" for name, word in self._passwords.items()))
        tool = shutil.which("mosquitto_passwd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if tool is None:
            raise ServerUnavailableError("mosquitto_passwd is missing: it comes with the package mosquitto")
        subprocess.run([tool, "-U", folder / "passwords"], check=True)
        user = server_user()
        if user is not None:
            for path in (folder, *folder.iterdir()):
                os.chown(path, user, user)
        return folder
