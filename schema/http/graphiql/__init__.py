"""GraphiQL at GET /graphql: the page and its files, all served by us, so that it works without the internet.

The vendored files: `assets/VERSIONS.md`, their licences: `assets/LICENSES.txt`.
The routes are the caller's.
"""

from functools import cache
from pathlib import Path
from typing import Final

from schema.http.asset import load_assets, script_data

_FOLDER: Final = Path(__file__).parent
_SLOT: Final = '<script type="application/json" id="accounts">[]</script>'

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # GraphiQL's editor places itself with style attributes
        "font-src data:",  # the fonts are inside graphiql.min.css
        "img-src data:",
        "connect-src 'self'",  # the WebSocket at the same URL too
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The page's Content-Security-Policy: nothing from another host, no inline script."""


ASSETS: Final = load_assets(Path(__file__).parent / "assets")
"""What `/graphql/assets/<name>` serves, by name: loaded once, so no request can reach another path."""


@cache
def _template() -> tuple[str, str]:
    """Return the page's text before and after the list of accounts."""
    before, slot, after = (_FOLDER / "index.html").read_text(encoding="utf-8").partition(_SLOT)
    if not slot:
        raise RuntimeError(f"index.html has lost its placeholder for the accounts: {_SLOT}")
    head, tail = _SLOT.split("[]")
    return before + head, tail + after


def page(accounts: list[dict[str, str]]) -> bytes:
    """Return the page, UTF-8.

    `accounts` are the demo's accounts, each with organization, login, password, name and role: whoever opens
    the page can read them. Outside the demo pass an empty list: the page then shows a plain sign-in form.
    """
    before, after = _template()
    return f"{before}{script_data(accounts)}{after}".encode()
