"""A page: its address, the right it demands, its template and where its data come from."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache

from starlette.responses import Response

from app.access.matrix import grant_of, is_known
from app.access.roles import Role
from app.model.grants import Verb
from app.model.resource import Resource
from app.pages.typed import Typed
from app.pages.visit import Visit

Context = Mapping[str, object]
"""What a template is given."""

Show = Callable[[Visit], Awaitable[Context | Response]]
"""Reads what a page shows; an answer of its own (a redirect, a file) is sent as it is."""

Save = Callable[[Visit, Typed], Awaitable[Response | None]]
"""Writes what a form holds and answers with a redirect; None shows the form again."""

Step = Callable[[Visit, Mapping[str, object]], str]
"""The words of the link from a record's own page to a form; empty where it is no next step."""

PAGES: list["Page"] = []
"""Every page, in the order of declaration."""


@dataclass(frozen=True)
class Page:
    """One page, or one form; a row of the matrix like any endpoint of the API."""

    address: str
    subject: str
    """The subject of the matrix that the page demands a right on."""
    verb: Verb
    template: str
    show: Show
    save: Save | None = None
    """What a POST to the same address does; it demands the same right."""
    section: str = ""
    """The entry of the navigation that is marked while the page is open."""
    about: str = ""
    """The collection whose record `{id}` in the address names."""
    is_of_record: bool = False
    """Whether this is the page on which people look at a record of `about`."""
    takes_file: bool = False
    """Whether the form brings a file along."""
    after_session: str | None = None
    """Where its reader goes on after the next sign-in, if what the form is about ends with the
    session, as the draft of a list does; empty where nothing of it is left."""
    edits: Resource | None = None
    """The kind of the record that the form changes; if somebody else changed it meanwhile, both
    versions are shown side by side."""
    step: Step | None = None
    """How the page of the record offers this form, if it takes the record a step further."""

    def __post_init__(self) -> None:
        """Enter the page among all pages.

        Raises:
            ValueError: the matrix does not know its subject, or another page has its address.

        """
        if not is_known(self.subject):
            raise ValueError(f"{self.address}: the matrix does not know {self.subject!r}")
        if "{id}" in self.address and not self.about:
            raise ValueError(f"{self.address}: say in `about` whose id it is")
        if any(page.address == self.address for page in PAGES):
            raise ValueError(f"{self.address}: another page has this address")
        PAGES.append(self)

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that the address answers to."""
        return ("GET", "POST") if self.save else ("GET",)


def page_at(path: str) -> Page | None:
    """The page at a path; None where there is none."""
    return next((page for page in PAGES if _pattern(page.address).fullmatch(path)), None)


@cache
def _pattern(address: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", address))


def addresses_for(role: Role) -> dict[str, str]:
    """The addresses of the pages that show a record, by collection, as far as a role may open them.

    A page of its own goes before the page that every record has (`/data/…`).
    """
    found: dict[str, str] = {}
    for page in PAGES:
        if page.is_of_record and grant_of(role, page.subject).allows(page.verb):
            is_general = page.address.startswith("/data/")
            if page.about not in found or not is_general:
                found[page.about] = page.address
    return found


def steps_of(
    visit: Visit, resource: Resource, record: Mapping[str, object]
) -> list[tuple[str, str]]:
    """The forms that take a record a step further: their addresses and words."""
    pages = [page for page in PAGES if page.edits is resource and page.step]
    return [
        (page.address.format(id=record["id"]), words)
        for page in pages
        if page.step and visit.may(page.subject, page.verb) and (words := page.step(visit, record))
    ]
