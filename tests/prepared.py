"""Prepared: what each process of the service would do anew, done once before they are forked.

The Python that forks them imports this (`tests/forking.py`).
"""

from importlib import import_module

from sqlalchemy.orm import configure_mappers

from tests.described import document

for _name in ("anyio._backends._asyncio", "app.rest.wire", "uvicorn.lifespan.on", "uvloop"):
    import_module(_name)
configure_mappers()

__all__ = ["document"]
