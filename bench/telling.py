"""Whether the time of an answer reveals that a record outside the scope exists (S3).

    .venv/bin/python -m bench.telling [--database-url postgresql://…]

A school asks, 200 times in turn, for a teacher of another school, whom it may not see, and for an
id that nobody has. The figure is the difference between the medians; it must stay below 5 ms.
"""

import asyncio
import statistics
import time
import uuid
from typing import Any

import sqlalchemy as sa

from app.access.roles import Role
from app.journal.register import Register
from app.main import create_app
from app.registry.employments import employments
from app.settings import Settings
from bench.municipality import call, issued, municipality

TRIES = 200


def strangers(settings: Settings) -> tuple[str, str]:
    """A school's key, and a teacher who never worked there."""
    database = Register(settings.url, settings.secret_key(), settings.heads)
    jobs = employments.table
    pairs = sa.select(jobs.c.organization_id, jobs.c.teacher_id).order_by(jobs.c.id)
    found = database.read(lambda tx: tx.execute(pairs).all())
    school = found[0].organization_id
    own = {row.teacher_id for row in found if row.organization_id == school}
    stranger = next(row.teacher_id for row in found if row.teacher_id not in own)
    key = issued(database, role=Role.ORG, organization_id=school)
    database.close()
    return key, str(stranger)


async def seconds(app: Any, teacher: str, key: str) -> float:
    """How long one answer takes."""
    start = time.perf_counter()
    await call(app, f"/teachers/{teacher}", key, 404)
    return time.perf_counter() - start


async def measure(settings: Settings) -> None:
    """Print both medians and their difference."""
    key, stranger = strangers(settings)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        times = [
            (await seconds(app, stranger, key), await seconds(app, str(uuid.uuid4()), key))
            for _ in range(TRIES)
        ]
    hidden, nobody = (statistics.median(each) * 1e3 for each in zip(*times, strict=True))
    print(f"out of scope {hidden:.3f} ms  nobody {nobody:.3f} ms  Δ {hidden - nobody:+.3f} ms")


def main() -> None:
    """Make a municipality of size S and measure."""
    with municipality(__doc__) as (settings, _):
        asyncio.run(measure(settings))


if __name__ == "__main__":
    main()
