"""A visitor: a client of the pages, signed in with a key as a browser is."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.testclient import TestClient

from app.pages.typed import KIND
from tests.scene import ROOT
from tests.waiting import patient

ORIGIN = {"Origin": ROOT.replace("http:", "https:")}
"""What a browser says of its page; https, so that the client keeps no cookie for other tests."""

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def sign_in(client: TestClient, key: str, **fields: str) -> Any:
    """The answer to a key that is pasted at the sign-in."""
    return _post(client, "/login", {"key": key, **fields}, ORIGIN)


def visitor(client: TestClient, key: str) -> "Visitor":
    """Whoever has signed in with a key."""
    answer = sign_in(client, key)
    assert answer.status_code == 303, answer.text
    return Visitor(client, answer.headers["set-cookie"].partition(";")[0])


@dataclass(frozen=True)
class Visitor:
    """A client with the cookie of a session."""

    client: TestClient
    cookie: str

    def get(self, path: str) -> Any:
        """The answer to a GET; a service that is still counting is asked again."""
        return patient(lambda: self.get_once(path))

    def get_once(self, path: str) -> Any:
        """The first answer to a GET."""
        return self.client.get(ROOT + path, headers=self._headers(), follow_redirects=False)

    def post(self, path: str, fields: dict[str, Any], **headers: str) -> Any:
        """The answer to a form; an empty header is left out."""
        sent = {**ORIGIN, **headers, **self._headers()}
        return _post(self.client, path, fields, {name: text for name, text in sent.items() if text})

    def upload(self, path: str, fields: dict[str, Any], file: dict[str, Any]) -> Any:
        """The answer to a form that brings a file along."""
        return self.client.post(
            ROOT + path,
            data=fields,
            files=file,
            headers={**ORIGIN, **self._headers()},
            follow_redirects=False,
        )

    def form(self, path: str) -> dict[str, Any]:
        """The hidden fields of the form at an address."""
        return hidden(self.get(path).text)

    def _headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie}


def hidden(page: str) -> dict[str, Any]:
    """The hidden fields of the form of a page, as a browser would send them."""
    return {name: unescaped(text) for name, text in _HIDDEN.findall(page)}


def unescaped(text: str) -> str:
    """A text of an attribute as it is meant."""
    for sign, meant in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(sign, meant)
    return text.replace("&amp;", "&")


def _post(client: TestClient, path: str, fields: dict[str, Any], headers: dict[str, str]) -> Any:
    return client.post(
        ROOT + path,
        content=urlencode(fields, doseq=True),
        headers={**headers, "Content-Type": KIND},
        follow_redirects=False,
    )
