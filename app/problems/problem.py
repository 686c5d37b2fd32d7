"""A problem: the base of every way to fail, in the sense of RFC 9457."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from app.findings import Finding, Words


class Problem(Exception):  # noqa: N818 - a problem in the sense of RFC 9457
    """A request failed; the subclasses are the complete list of reasons."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[Words] = Words("Внутренняя ошибка", "Internal error")
    detail: ClassVar[Words] = Words(
        "Сервис не смог выполнить запрос. Сообщите администратору номер из поля instance.",
        "The service could not carry out the request. Tell the administrator the instance id.",
    )

    def __init__(
        self,
        *findings: Finding,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
        **values: object,
    ) -> None:
        super().__init__(self.slug, findings, values)
        self.findings: Sequence[Finding] = findings
        self.headers = dict(headers or {})
        self.members = dict(members or {})
        self.values = values
