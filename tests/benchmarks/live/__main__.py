"""The command line: `python -m tests.benchmarks.live --rounds 3 --only product,picows --scenes one-1000 --quick`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.cluster import Cluster
from tests.benchmarks.live.contender import Contender, Mercurius, NodePeer, Picows, Strawberry, Uvicorn
from tests.benchmarks.live.generator import raise_limits, sockets_allowed
from tests.benchmarks.live.measure import NotServedError, Spans
from tests.benchmarks.live.product import Ours
from tests.benchmarks.live.report import Shot, write
from tests.benchmarks.live.visit import SATURATION, Guide, Visit, load_core
from tests.benchmarks.live.world import Scale, Scene, prepare
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PEERS: dict[str, type[Contender]] = {
    "picows": Picows,
    "uvicorn": Uvicorn,
    "mercurius": Mercurius,
    "graphql-ws": NodePeer,
    "yoga": NodePeer,
    "strawberry": Strawberry,
}
NAMES = ("product", *PEERS)
VISITS = (
    Visit(Scene("one", 100), (SATURATION,), everybody=True),
    Visit(Scene("one", 1_000), (1, 5, 50, SATURATION), everybody=True),
    Visit(Scene("one", 10_000), (SATURATION,), everybody=True),
    Visit(Scene("own", 1_000), (SATURATION,), everybody=True),
    Visit(Scene("groups", 1_000), (5, SATURATION), everybody=False),
    Visit(Scene("groups", 10_000), (SATURATION,), everybody=False),
    Visit(Scene("own", 10_000), (1, 50), everybody=False),
    Visit(Scene("forum", 10_000), (1,), everybody=False),
)
QUICK = Spans(saturation=1.5, warm=0.5, steady=1.0)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser("tests.benchmarks.live", description="The live core beside its peers.")
    known = ", ".join(visit.name for visit in VISITS)
    parser.add_argument("--rounds", type=int, default=3, help="each visits every contender and scene (default 3)")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement at saturation (default 4)")
    parser.add_argument("--warm", type=float, default=1.0, help="unmeasured seconds before it (default 1)")
    parser.add_argument("--steady", type=float, default=10.0, help="seconds of each run at a given rate (default 10)")
    parser.add_argument("--only", default=",".join(NAMES), help=f"of {', '.join(NAMES)}; separated by commas")
    parser.add_argument("--scenes", default=known.replace(" ", ""), help=f"of {known}; separated by commas")
    parser.add_argument("--quick", action="store_true", help="one round of short measurements: to try, not to publish")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="where data and packages are kept")
    parser.add_argument("--output", type=Path, help="folder for live.json, live.md and live.svg (default: FOLDER)")
    options = parser.parse_args(given)
    if sys.platform != "linux":
        parser.error("only on Linux: epoll, /proc and servers pinned to a core")
    options.only, options.scenes = options.only.split(","), options.scenes.split(",")
    for chosen, there in ((options.only, NAMES), (options.scenes, [visit.name for visit in VISITS])):
        if unknown := set(chosen) - set(there):
            parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(there)}")
    return options


async def rounds(
    contenders: Sequence[Contender], visits: Sequence[Visit], guide: Guide, count: int
) -> tuple[list[list[Shot]], list[str]]:
    """Everything, so many times, in turns; and what could not be served."""
    found, unserved = [], []
    for number in range(1, count + 1):
        shots: list[Shot] = []
        for visit in visits:
            for contender in contenders:
                if contender.signs_in or visit.everybody:
                    try:
                        shots += [_said(number, shot) for shot in await guide.visit(contender, visit)]
                    except NotServedError as error:
                        unserved.append(f"{contender.name} {visit.name}: {error}")
                        print(f"round {number} NOT SERVED {unserved[-1]}", flush=True)
        found.append(shots)
    return found, unserved


def _said(number: int, shot: Shot) -> Shot:
    print(
        f"round {number} {shot.scene:6} {shot.sockets:6,} {shot.load:10} {shot.contender:11} {shot.rate:9,.0f}/s"
        f"  p50 {shot.p50:7.1f} p99 {shot.p99:7.1f} ms  cpu {shot.cpu_us:6.1f} us ({shot.server_share:.2f})"
        f"  connect {shot.connect:5.2f} s  {shot.idle:5.1f} KiB  load {shot.load_share:.2f}"
        f"  helpers {shot.helpers_share:.2f}"
        f"  others {shot.others_share:.2f}  {shot.faults}",
        flush=True,
    )
    return shot


def main() -> int:
    """Start, measure, write. The exit status is 1 when an event of the product was lost, doubled or misled."""
    options = arguments()
    raise_limits()
    visits = [visit for visit in VISITS if visit.name in options.scenes]
    most = max(visit.scene.sockets for visit in visits)
    assert most <= sockets_allowed(), f"{most} sockets need a higher hard limit of open files: ulimit -Hn"
    core = min(os.sched_getaffinity(0))
    load_core()
    folder, began = options.folder.absolute(), time.strftime("%Y-%m-%d %H:%M")
    scale = Scale(0, 0, 0)
    for visit in visits:
        scale = scale.covering(visit.scene)
    spans = QUICK if options.quick else Spans(options.seconds, options.warm, options.steady)
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster(folder / "postgres"))
        redis = stack.enter_context(RedisServer())
        asyncio.run(prepare(cluster, scale))
        places = folder / "live"
        kinds: dict[str, Callable[[str, Path, str], Contender]] = {"product": partial(Ours, cluster=cluster), **PEERS}
        contenders = [kinds[name](name, places / name, redis.url) for name in NAMES if name in options.only]
        guide = Guide(places, spans, core, [cluster.pid, redis.pid])
        with asyncio.Runner(loop_factory=_loop) as runner:
            found, unserved = runner.run(rounds(contenders, visits, guide, 1 if options.quick else options.rounds))
    command = " ".join(["python -m tests.benchmarks.live", *sys.argv[1:]])
    write(options.output or folder, found, began, command, unserved)
    return int(any(shot.contender == "product" and shot.faults for shots in found for shot in shots))


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


if __name__ == "__main__":
    sys.exit(main())
