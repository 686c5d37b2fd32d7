"""The first page: leads everybody to where their day begins."""

from starlette.responses import RedirectResponse, Response

from app.access.roles import Role
from app.model.grants import Verb
from app.pages.navigation import framed
from app.pages.page import PAGES, Context, Page
from app.pages.visit import Visit

BEGINS: dict[Role, tuple[str, ...]] = {
    Role.ADMIN: ("/keys", "/region"),
    Role.AUDITOR: ("/audit",),
}
"""The addresses at which a role begins, the first that there is; the others begin with the state
of their program, those without a municipality with the region, an organization with itself."""


async def show(visit: Visit) -> Context | Response:
    """Lead to the first page of the role; where there is none, show what can be opened."""
    frame = await visit.read(lambda tx: framed(tx, visit, HOME))
    if own := visit.caller.organization_id:
        return RedirectResponse(f"/organizations/{own}", 303)
    wanted = BEGINS.get(visit.caller.role, ())
    if not visit.caller.home:
        wanted += ("/region",)
    open_to = {page.address for page in PAGES if visit.may(page.subject, page.verb)}
    for address in wanted:
        if address in open_to:
            return RedirectResponse(address, 303)
    if frame.program and visit.caller.home and "/programs/{id}" in open_to:
        return RedirectResponse(f"/programs/{frame.program.id}", 303)
    return {"reads_programs": "/programs/{id}" in open_to}


HOME = Page(
    address="/",
    subject="vocabulary",
    verb=Verb.READ,
    template="home.html",
    show=show,
)
