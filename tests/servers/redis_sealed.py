"""A Redis that speaks TLS alone and lets its user do no more than docs/operations.md says."""

import re
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

from tests.servers.certificate import write_certificate
from tests.servers.process import HOST
from tests.servers.redis import RedisServer

DOCUMENTED = Path(__file__).parents[2] / "docs" / "operations.md"
RULES = re.compile(r"^ACL SETUSER (wuye .*)$", re.MULTILINE)
PASSWORD = "users-secret"
ADMIN_PASSWORD = "admins-secret"


class SealedRedis(RedisServer):
    """Its `url` is that of somebody who may do everything; `login` is the product's."""

    login = f"wuye:{PASSWORD}"

    def __init__(self, *options: str, program: Path, folder: Path) -> None:
        """`program` was built with TLS. Servers with the same `folder` share a certificate."""
        super().__init__(*options, program=program)
        self._certificate, self._key = folder / "redis.crt", folder / "redis.key"
        if not self._certificate.exists():
            write_certificate(self._certificate, self._key)

    @property
    def query(self) -> str:
        """What a url has to say so that the certificate is trusted."""
        return f"?ssl_ca_certs={self._certificate}"

    @property
    def url(self) -> str:
        """The address, for an administrator."""
        return f"rediss://:{ADMIN_PASSWORD}@{HOST}:{self._port}/0{self.query}"

    def _listening(self) -> list[str]:
        documented = RULES.search(DOCUMENTED.read_text())
        assert documented, f"{DOCUMENTED.name} says no more what the user needs"
        rules = documented[1].replace(">PASSWORD", f">{PASSWORD}").split()
        files = ["--tls-cert-file", self._certificate, "--tls-key-file", self._key]
        files += ["--tls-ca-cert-file", self._certificate, "--tls-auth-clients", "no"]
        users = ["--user", *rules, "--user", "default", "on", f">{ADMIN_PASSWORD}", "~*", "&*", "+@all"]
        return ["--port", "0", "--tls-port", str(self._port), "--tls-cluster", "yes", *map(str, files), *users]

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1, retry=None) as client:
                return bool(client.ping())
        except Unreachable:
            return False
