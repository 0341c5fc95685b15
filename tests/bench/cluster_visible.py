"""From a post to an organization's stream, on a cluster of real processes and on one machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from streams.engines.move import move
from tests.bench import cluster, stage, thread

SEED = 20_200_731
ROUNDS = 3
SECONDS = 10.0
PER_SECOND = 100
STREAMS = 1_000
CLIENTS = 64


def visible() -> dict[str, Any]:
    """The same stage on both engines, in turns: posts at a rate, then clients that never pause."""
    seen: dict[str, list[dict[str, float]]] = {"cluster": [], "embedded": []}
    rates: dict[str, list[float]] = {"cluster": [], "embedded": []}
    with ExitStack() as stack:
        size = (thread.ORGANIZATIONS, STREAMS, SEED)
        products = {
            "cluster": stack.enter_context(stage.product(*size, carry=_to_a_cluster)),
            "embedded": stack.enter_context(stage.product(*size)),
        }
        for _ in range(ROUNDS):
            for name, (at, port) in products.items():
                seen[name].append(thread.seen(at, port, PER_SECOND, SECONDS))
                print(f"{name}, {PER_SECOND} posts/s: {seen[name][-1]}")
        for number in range(ROUNDS):
            for name, (at, port) in products.items():
                rates[name].append(thread.rate(at, port, CLIENTS, number))
                print(f"{name}, {CLIENTS} clients: {rates[name][-1]:.0f} turns/s")
    return {
        "organizations": thread.ORGANIZATIONS,
        "streams": STREAMS,
        "seed": SEED,
        "rounds": ROUNDS,
        "seconds": SECONDS,
        "posts_per_second": PER_SECOND,
        "visible": {name: _summary(found) for name, found in seen.items()},
        "clients": CLIENTS,
        "turns_per_second": {name: round(median(found)) for name, found in rates.items()},
    }


@contextmanager
def _to_a_cluster(data: Path) -> Iterator[Path]:
    """The same logs and people on a cluster, with a decider and a projector."""
    with cluster.ground() as ground:
        home = ground.cluster()
        move(data, home, lambda *_: None)
        with cluster.decider(home), cluster.projector(home):
            yield home


def _summary(found: list[dict[str, float]]) -> dict[str, float]:
    return {
        "posts": sum(one["posts"] for one in found),
        "seen": sum(one["seen"] for one in found),
        "p50_ms": median(one["p50_ms"] for one in found),
        "p99_ms": median(one["p99_ms"] for one in found),
        "max_ms": max(one["max_ms"] for one in found),
    }
