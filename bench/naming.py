"""The cost of names: a list of 100 with `names=true` beside the same list without, in one run.

    .venv/bin/python -m bench.naming [--database-url postgresql://…]

Every collection of the demo data that has a full page is read. Rounds alternate; the figures are
medians in milliseconds through the whole application, without sockets. The goal is 1.3.
"""

import asyncio
import json
import statistics
import time

from app.main import create_app
from app.registry import RESOURCES
from app.settings import Settings
from bench.municipality import call, municipality

ROUNDS, PAGE = 60, 100


async def timed(app: object, address: str, key: str) -> float:
    """Milliseconds of one answer."""
    begun = time.perf_counter()
    await call(app, address, key)
    return (time.perf_counter() - begun) * 1000


async def compare(settings: Settings, key: str) -> None:
    """Print the medians and their ratio for each collection."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        for kind in RESOURCES:
            address = f"/{kind.path}?limit={PAGE}"
            if len(json.loads(await call(app, address, key))["items"]) < PAGE:
                continue
            pairs = [
                (await timed(app, address, key), await timed(app, f"{address}&names=true", key))
                for _ in range(ROUNDS)
            ]
            plain, named = (statistics.median(times) for times in zip(*pairs, strict=True))
            print(f"{kind.name:24} {plain:6.2f} {named:6.2f} {named / plain:5.2f}")


if __name__ == "__main__":
    with municipality(__doc__) as (place, coordinator):
        asyncio.run(compare(place, coordinator))
