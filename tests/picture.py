"""Takes docs/control-room*.png: `python -m tests.picture` (ten minutes at most). The demo, an evening, the wall."""

from __future__ import annotations

import io
import signal
import sys
import tempfile
from pathlib import Path

from PIL import Image

from adapters.demo import PASSWORD
from tests.screen import Screen, chromium, post
from tests.servers.product import Product

FOLDER = Path(__file__).parents[1] / "docs"
COLOURS = 256
PLAY = ("--speed", "8", "--hour", "18", "--seed", "7")
PLAY_MS = 75_000  # until there is something to see
HELD_MS = 420_000  # until nobody has accepted something, by day: at night there is nobody on shift
FRESH = (("SMOKE", "CRITICAL", "3 号楼 12 层走廊：烟感报警"), ("WATER_LEAK", "MAJOR", "地库 B 区：集水坑水位过高"))
SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token } }"
PLACE = "{ properties(first: 1) { nodes { id } } }"
RAISE = "mutation ($input: AlarmRaiseInput!) { alarmRaise(input: $input) { alarm { id } userErrors { code } } }"


def main() -> int:
    """Load, play, take."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        product = Product(folder, DATABASE_URL=f"sqlite://{folder / 'wuye.db'}", LOG_LEVEL="warning")
        product.command("migrate")
        product.command("demo", seconds=240)
        with product, chromium() as browser:
            simulator = product.spawn("simulate", *PLAY)
            try:
                screen = Screen(browser, product.url)
                pictures = {"control-room": take(screen, product), "control-room-work": take_work(screen)}
            finally:
                simulator.end(signal.SIGTERM)
            if screen.faults:
                print("\n".join(screen.faults), file=sys.stderr)
                return 1
    for name, picture in pictures.items():
        save(FOLDER / f"{name}.png", picture)
    return 0


def save(target: Path, picture: bytes) -> None:
    """With few colours: it is looked at in a page."""
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE)
    image.save(target, optimize=True)
    print(f"{target}: {image.width} × {image.height}, {target.stat().st_size // 1024} KiB")


def take_work(screen: Screen) -> bytes:
    """The view of the work, as soon as something is late and something waits for a person."""
    screen.page.keyboard.press("2")
    busy = '#wall:has(.held):has(.card .clock[data-state="BREACHED"]):has([data-group="WORKING"] .card)'
    screen.page.wait_for_selector(busy, timeout=HELD_MS)
    return screen.page.screenshot()


def take(screen: Screen, product: Product) -> bytes:
    """What the guard sees after a while, with two alarms that nobody has noted yet."""
    screen.open()
    screen.sign_in("demo", "control", PASSWORD)
    screen.expect_state("live")
    screen.page.wait_for_timeout(PLAY_MS)
    wish = {"organization": "demo", "login": "manager", "password": PASSWORD}
    token = post(product, SIGN_IN, {"input": wish})["accountSignIn"]["token"]
    place = post(product, PLACE, {}, token)["properties"]["nodes"][0]["id"]
    for type_, severity, summary in FRESH:
        draft = {"propertyId": place, "type": type_, "severity": severity, "summary": summary}
        alarm = post(product, RAISE, {"input": draft}, token)["alarmRaise"]["alarm"]["id"]
        screen.row("alarms", alarm).wait_for()
    return screen.page.screenshot()


if __name__ == "__main__":
    sys.exit(main())
