"""Pictures of the pages for docs/ru, made of the running service with demo data: `make pictures`.

They follow the code: whoever changes what a page looks like makes them anew.
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from app import seeding
from app.access.roles import Role
from app.commands.opening import opened
from app.database.schema import migrate
from app.demo import demo
from app.journal.register import Register
from app.registry.municipalities import by_oktmo
from app.registry.programs import programs
from app.settings import Settings
from tests.browser import PROGRAM, Page, browser
from tests.holders import issue
from tests.office import HOST, Client
from tests.process import ROOT, serving
from tests.visitor import visitor

if TYPE_CHECKING:
    from starlette.testclient import TestClient

FOLDER = ROOT / "docs" / "ru" / "img"
WIDE, NARROW, LOWEST = 1200, 360, 1400
"""Pixels; a picture is as high as its page, up to the last of them."""

PORT = "8000"
"""The usual one: it stands on the sheets of keys."""
DAY = "2021-09-30"
OWNERS = {
    Role.COORDINATOR: "Соколова, методист",
    Role.READER: "Управление образования региона",
    Role.ADMIN: "Петров, администратор",
}
"""Who looks, by role; fictional."""


class Picture(NamedTuple):
    """One picture: who looks at which page; `{id}` is the program of the source."""

    name: str
    address: str
    role: Role | None = Role.COORDINATOR
    width: int = WIDE
    press: str = ""
    """A link or a button that leads from there to the page."""


PICTURES = (
    Picture("page-login", "/login", role=None),
    Picture("page-state", f"/programs/{{id}}?as_of={DAY}"),
    Picture("page-state-narrow", f"/programs/{{id}}?as_of={DAY}", width=NARROW),
    Picture("page-reasons", f"/programs/{{id}}/indicators/org_involvement_share?as_of={DAY}"),
    Picture("page-ways", f"/programs/{{id}}/indicators/org_involvement_share/ways?as_of={DAY}"),
    Picture("page-plan", f"/programs/{{id}}/plan?as_of={DAY}"),
    Picture("page-done", f"/programs/{{id}}?as_of={DAY}", press="#over a.btn"),
    Picture("page-network", f"/programs/{{id}}/network?as_of={DAY}"),
    Picture("page-event", "/programs/{id}/events/new"),
    Picture("page-region", f"/region?as_of={DAY}", role=Role.READER),
    Picture("page-keys", "/keys", role=Role.ADMIN),
    Picture("page-sheet", "/keys/schools?municipality_id={home}", Role.ADMIN, press=".acts button"),
)


def main() -> None:
    """Write every picture into docs/ru/img, or those that are named."""
    wanted = [each for each in PICTURES if each.name in sys.argv[1:] or len(sys.argv) == 1]
    if PROGRAM is None:
        sys.exit("Chromium is not here: install it (Debian: apt install chromium).")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ids = prepared(folder)
        with (
            serving(folder, hosts=HOST, port=PORT) as address,
            opened(Settings(data=folder)) as database,
            Client(address, database) as client,
            browser(folder / "profile") as page,
        ):
            cookies = signed_in(database, client, ids["{home}"])
            page.ask("Emulation.setScrollbarsHidden", hidden=True)
            for each in wanted:
                page.become(address, cookies[each.role])
                taken(page, address + filled(each.address, ids), each)


def prepared(folder: Path) -> dict[str, str]:
    """Fill a database with the demo data; the ids that addresses name."""
    with opened(Settings(data=folder)) as database:
        migrate(database)
        seeding.seed(database)
        demo(database)
        home = database.read(lambda tx: by_oktmo(tx, seeding.OKTMO))
        ours = programs.table.select().where(programs.table.c.municipality_id == home)
        program = database.read(lambda tx: tx.execute(ours).first())
        assert program
        return {"{id}": str(program.id), "{home}": str(home)}


def filled(address: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        address = address.replace(name, value)
    return address


def signed_in(database: Register, client: Client, home: str) -> dict[Role | None, str]:
    """The cookies of those who look, by role; of nobody where nobody is signed in."""
    cookies: dict[Role | None, str] = {None: "nobody=1"}
    for role, owner in OWNERS.items():
        scope = {"municipality_id": home} if role == Role.COORDINATOR else {}
        key = issue(database, role, owner, **scope)
        cookies[role] = visitor(cast("TestClient", client), key).cookie
    return cookies


def taken(page: Page, url: str, picture: Picture) -> None:
    """Go to a page and take its picture."""
    page.size(picture.width, LOWEST)
    page.go(url)
    if picture.press:
        page.follow(lambda: page.press(picture.press))
    height = page.run("document.body.scrollHeight")
    page.size(picture.width, min(height, LOWEST))
    path = FOLDER / f"{picture.name}.png"
    page.picture(path)
    print(path.relative_to(ROOT))  # noqa: T201 - a command answers by printing


if __name__ == "__main__":
    main()
