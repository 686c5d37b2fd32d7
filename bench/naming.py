"""The cost of names: a list of 100 with `names=true` beside the same list without, in one run.

    .venv/bin/python -m bench.naming [--database-url postgresql://…]

Every collection of the demo data that has a full page is read. Rounds alternate; the figures are
the least milliseconds through the whole application, without sockets, as other work of the machine
only adds to them. `fresh` is the list with names after a change of the register, which makes a
process read all names again. The goal is 1.3.
"""

import asyncio
import json
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
    """Print the figures and their ratios for each collection."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        for kind in RESOURCES:
            address = f"/{kind.path}?limit={PAGE}"
            if len(json.loads(await call(app, address, key))["items"]) < PAGE:
                continue
            plain, named, fresh = [], [], []
            for _ in range(ROUNDS):
                plain.append(await timed(app, address, key))
                named.append(await timed(app, f"{address}&names=true", key))
                app.state.service.known.forget()
                fresh.append(await timed(app, f"{address}&names=true", key))
            least = [*map(min, (plain, named, fresh))]
            ratios = " ".join(f"{each:6.2f} {each / least[0]:5.2f}" for each in least[1:])
            print(f"{kind.name:24} {least[0]:6.2f} {ratios}")


if __name__ == "__main__":
    with municipality(__doc__) as (place, coordinator):
        asyncio.run(compare(place, coordinator))
