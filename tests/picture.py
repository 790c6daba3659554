"""Takes docs/control-room.png: `python -m tests.picture` (two minutes). The demo, an evening of it, the wall."""

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

TARGET = Path(__file__).parents[1] / "docs" / "control-room.png"
COLOURS = 256
PLAY = ("--speed", "8", "--hour", "18", "--seed", "7")
PLAY_MS = 75_000  # until there is something to see
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
                picture = take(screen, product)
            finally:
                simulator.end(signal.SIGTERM)
            if screen.faults:
                print("\n".join(screen.faults), file=sys.stderr)
                return 1
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE)
    image.save(TARGET, optimize=True)
    print(f"{TARGET}: {image.width} × {image.height}, {TARGET.stat().st_size // 1024} KiB")
    return 0


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
