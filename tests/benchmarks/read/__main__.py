"""The command line: `python -m tests.benchmarks.read --rounds 5 --seconds 5 --only product,limit --operations tiny`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from tests.benchmarks.cluster import Cluster
from tests.benchmarks.read.contender import KINDS, USUAL, Contender
from tests.benchmarks.read.data import DATABASE, Scale, prepare
from tests.benchmarks.read.fire import fire
from tests.benchmarks.read.operation import OPERATIONS, Keys, choose, normal
from tests.benchmarks.read.report import Shot, write
from tests.benchmarks.usage import Meter, memory, pin

if TYPE_CHECKING:
    from collections.abc import Sequence


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser("tests.benchmarks.read", description="The product beside its peers.")
    parser.add_argument("--rounds", type=int, default=5, help="each visits every contender and operation (default 5)")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement (default 4)")
    parser.add_argument("--warm", type=float, default=1.0, help="unmeasured seconds before each (default 1)")
    parser.add_argument("--heat", type=float, default=4.0, help="unmeasured seconds of each before the first round")
    parser.add_argument("--only", default=",".join(USUAL), help=f"of {', '.join(KINDS)}; separated by commas")
    parser.add_argument("--operations", default=",".join(OPERATIONS), help="operations, separated by commas")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full data set (default 1)")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"), help="where data and packages are kept")
    parser.add_argument("--output", type=Path, help="folder for read.json, read.md and read.svg (default: FOLDER)")
    options = parser.parse_args(given)
    if sys.platform != "linux":
        parser.error("only on Linux: CPU and memory are read from /proc, and servers are pinned to a core")
    options.only, options.operations = options.only.split(","), options.operations.split(",")
    for chosen, known in ((options.only, KINDS), (options.operations, OPERATIONS)):
        if unknown := set(chosen) - set(known):
            parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return options


def compare(contenders: Sequence[Contender], operations: Sequence[str], keys: Keys) -> None:
    """Everybody answers several requests of each operation with the same rows and values. Raises AssertionError."""
    for operation in operations:
        asked = [contender.requests(operation, keys) for contender in contenders]
        for n in range(0, len(asked[0]), max(1, len(asked[0]) // 5)):
            answers = [
                normal(contender.ask(requests[n].partition(b"\r\n\r\n")[2]))
                for contender, requests in zip(contenders, asked, strict=True)
            ]
            assert all(any(answer.values()) for answer in answers), f"{operation} {n}: nothing found"
            for contender, answer in zip(contenders[1:], answers[1:], strict=True):
                assert answer == answers[0], (
                    f"{operation} {n}:\n{contenders[0].name} {answers[0]}\n{contender.name} {answer}"
                )


async def measure(
    contender: Contender, operation: str, requests: list[bytes], postmaster: int, spans: tuple[float, float]
) -> Shot:
    """One contender, one operation, once."""
    seconds, warm = spans
    edges: list[Meter] = []
    shots = await fire(
        contender.port, requests, seconds, warm, lambda: edges.append(Meter.read(contender.pid, postmaster))
    )
    used = edges[1].since(edges[0])
    count, lasted = len(shots.waits), shots.ended - shots.began
    return Shot(
        contender=contender.name,
        operation=operation,
        rate=shots.rate,
        p50=shots.wait(0.5),
        p99=shots.wait(0.99),
        server_ms=used.server / count * 1000,
        postgres_ms=used.postgres / count * 1000,
        bytes=shots.bytes // count,
        memory=memory(contender.pid),
        load_share=used.load / lasted,
        others_share=max(0.0, used.machine - used.server - used.postgres - used.load) / lasted,
    )


async def rounds(
    contenders: Sequence[Contender], options: argparse.Namespace, keys: Keys, postmaster: int
) -> list[Shot]:
    """Everything, so many times, in turns."""
    asked = {
        (contender.name, operation): contender.requests(operation, keys)
        for contender in contenders
        for operation in options.operations
    }
    shots = []
    for number in range(options.rounds + 1):
        spans = (options.seconds, options.warm) if number else (options.heat, 0.0)
        for operation in options.operations:
            for contender in contenders:
                shot = await measure(contender, operation, asked[contender.name, operation], postmaster, spans)
                if number:
                    shots.append(shot)
                print(
                    f"round {number} {operation:7} {shot.contender:12} {shot.rate:8,.0f}/s  p50 {shot.p50:6.1f} ms"
                    f"  cpu {shot.server_ms:6.2f} + {shot.postgres_ms:5.2f} ms  {shot.bytes:7,} B  others"
                    f" {shot.others_share:.2f} cores",
                    flush=True,
                )
    return shots


async def keys_of(cluster: Cluster) -> Keys:
    """Which rows to ask for."""
    connection = await asyncpg.connect(cluster.url(DATABASE), timeout=10)
    try:
        return await choose(connection)
    finally:
        await connection.close()


def main() -> None:
    """Start, compare, measure, write."""
    options = arguments()
    cores = sorted(os.sched_getaffinity(0))
    folder = options.folder.absolute()
    began = time.strftime("%Y-%m-%d %H:%M")
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster(folder / "postgres"))
        asyncio.run(prepare(cluster, Scale.of(options.scale)))
        contenders = []
        for name in options.only:
            contender = KINDS[name](name, cluster, folder / "peers" / name)
            stack.callback(contender.stop)
            contender.start()
            pin(contender.pid, {cores[0]})
            contenders.append(contender)
            print(f"{name}: {memory(contender.pid):.0f} MiB at rest", flush=True)
        rest = {contender.name: memory(contender.pid) for contender in contenders}
        keys = asyncio.run(keys_of(cluster))
        compare(contenders, options.operations, keys)
        print("answers are equal", flush=True)
        os.sched_setaffinity(0, {cores[-1]})
        with asyncio.Runner(loop_factory=_loop) as runner:
            shots = runner.run(rounds(contenders, options, keys, cluster.pid))
    write(options.output or folder, shots, rest, began, " ".join(["python -m tests.benchmarks.read", *sys.argv[1:]]))


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


if __name__ == "__main__":
    main()
