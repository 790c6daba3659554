"""The control room's page in a real, headless Chromium: windows, and what is to be seen in them."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.servers import ServerUnavailableError
from tests.servers.binaries import chromium_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page, WebSocket

    from tests.servers.product import Product

WAIT_MS = 20_000  # what a page does waits for the machine
expect.set_options(timeout=WAIT_MS)
WALL = {"width": 1920, "height": 1080}
# The colours of an element and of the first opaque thing behind it, and its size in pixels.
LOOK = """element => {
  const style = getComputedStyle(element);
  let behind = element;
  while (behind && /^rgba\\(.*, 0\\)$/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  return [style.color, getComputedStyle(behind ?? document.body).backgroundColor, parseFloat(style.fontSize)];
}"""

# Notes every state that the banner says from now on, each once.
WATCH = """() => {
  const banner = document.getElementById("status");
  window.states = [banner.dataset.state];
  const note = (state) => state === window.states.at(-1) || window.states.push(state);
  const observer = new MutationObserver((changes) => {
    for (const change of changes) note(change.oldValue);
    note(banner.dataset.state);
  });
  observer.observe(banner, { attributeFilter: ["data-state"], attributeOldValue: true });
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser. Raises ServerUnavailableError where there is none."""
    program = chromium_program()
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # it refuses to sandbox root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        try:
            yield browser
        finally:
            browser.close()


def one_browser() -> Iterator[Browser]:
    """For a fixture: a browser for all tests of a file, which are skipped where there is none."""
    try:
        with chromium() as running:
            yield running
    except ServerUnavailableError as missing:
        pytest.skip(str(missing))


def post(product: Product, query: str, variables: dict[str, Any], token: str = "") -> dict[str, Any]:
    """The data of a request from elsewhere; it must succeed."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    body = {"query": query, "variables": variables}
    answer = httpx.post(f"{product.url}/graphql", json=body, headers=headers, trust_env=False, timeout=20).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


class Screen:
    """A window of its own, with its own storage. `faults` are what must never be: errors, calls of other hosts."""

    def __init__(
        self, browser: Browser, url: str, *, locale: str = "zh-CN", scheme: Literal["dark", "light"] = "dark"
    ) -> None:
        self._context = browser.new_context(viewport=WALL, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.url = url
        self.faults: list[str] = []
        self.tokens: list[str] = []  # those that it has shown, the newest last
        self.refusals: list[str] = []  # frames of the socket that tell of an error
        self._unanswered: set[str] = set()  # of what it asked over its newest socket
        self.page.on("websocket", self._connected)
        self.page.on("console", lambda told: self.faults.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url, request.headers))

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def open(self) -> None:
        """Load the page."""
        self.page.goto(f"{self.url}/control-room")

    def sign_in(self, organization: str, login: str, password: str) -> None:
        """Through the form."""
        for name, value in (("organization", organization), ("login", login), ("password", password)):
            self.page.fill(f"[name={name}]", value)
        self.page.click("#sign-in button")

    def expect_state(self, state: str) -> None:
        """Wait for the banner to say it."""
        expect(self.page.locator("#status")).to_have_attribute("data-state", state)

    def watch_states(self) -> None:
        """Note what the banner says from now on."""
        self.page.evaluate(WATCH)

    def states(self) -> list[str]:
        """What it said since then, in order."""
        found: list[str] = self.page.evaluate("window.states")
        return found

    def stand_still(self, seconds: int) -> str:
        """Let the page's clock, which is installed, go on by so much and stop; the time on it, once all is answered."""
        self.page.clock.pause_at(self.page.evaluate("Date.now()") / 1000 + seconds)
        while self._unanswered:  # the test's time-out ends it
            self.page.wait_for_timeout(20)
        return self.page.locator("#clock").inner_text()

    def rows(self, panel: str) -> list[str]:
        """The ids of a list, from the top."""
        found: list[str] = self.page.eval_on_selector_all(f"#{panel} li", "rows => rows.map(row => row.dataset.id)")
        return found

    def row(self, panel: str, id_: str) -> Locator:
        """One row."""
        return self.page.locator(f'#{panel} li[data-id="{id_}"]')

    def figure(self, label: str) -> Locator:
        """The number above a label."""
        return self.page.locator(f'.figure:has(span:text-is("{label}")) b')

    def boxes(self) -> list[Any]:
        """Where the panels stand."""
        found: list[Any] = self.page.eval_on_selector_all(
            "#wall > *:not(p)", "parts => parts.map(part => Object.values(part.getBoundingClientRect().toJSON()))"
        )
        return found

    def look(self, selector: str) -> tuple[float, float]:
        """The contrast of the first such element (WCAG 2.2, 1.4.3) and the size of its letters in pixels."""
        ink, ground, size = self.page.locator(selector).first.evaluate(LOOK)
        lighter, darker = sorted((_luminance(ink), _luminance(ground)), reverse=True)
        return (lighter + 0.05) / (darker + 0.05), size

    def _connected(self, socket: WebSocket) -> None:
        self._unanswered.clear()
        socket.on("framesent", self._said)
        socket.on("framereceived", self._heard)

    def _said(self, frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "ping":
            self._unanswered.add("pong")
        elif message["type"] == "subscribe" and message["id"].startswith("ask-"):
            self._unanswered.add(message["id"])

    def _heard(self, frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "error":
            self.refusals.append(str(frame))
        self._unanswered -= {message["type"], message.get("id")}

    def _asked(self, url: str, headers: dict[str, str]) -> None:
        if urlsplit(url).netloc != urlsplit(self.url).netloc:
            self.faults.append(f"asks another host: {url}")
        if "authorization" in headers:
            self.tokens.append(headers["authorization"].removeprefix("Bearer "))


def _luminance(colour: str) -> float:
    """Relative luminance of `rgb(r, g, b)`."""
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
