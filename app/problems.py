"""Every way to fail: what a refused request is told, in Russian and in English.

A problem is raised where the fact is known and drawn as RFC 9457 by `app.rest.errors`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from app.findings import Finding, Words


class Problem(Exception):  # noqa: N818 - a problem in the sense of RFC 9457
    """What went wrong with a request; its subclasses are the whole list."""

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
        members: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(self.slug, findings, values)
        self.findings: Sequence[Finding] = findings
        self.headers = dict(headers or {})
        self.members = dict(members or {})
        self.values = values


class BadRequest(Problem):
    """The request cannot be parsed."""

    status = 400
    slug = "bad-request"
    title = Words("Запрос не читается", "The request cannot be parsed")
    detail = Words(
        "Сервис не смог прочитать запрос. Подробности в errors.",
        "The service cannot read the request; see errors.",
    )


class InvalidCursor(BadRequest):
    """A cursor that this list did not give, or gave for other filters."""

    slug = "invalid-cursor"
    title = Words("Курсор не подходит", "The cursor does not fit")
    detail = Words(
        "Курсор повреждён или выдан для другого списка, фильтра или сортировки. "
        "Начните список заново без cursor.",
        "The cursor is damaged or belongs to another list, filter or sort. Start without one.",
    )


class CursorExpired(Problem):
    """A place in the feed from which nobody can go on without missing something."""

    status = 410
    slug = "cursor-expired"
    title = Words("Курсор больше не действует", "The cursor has expired")
    detail = Words(
        "С этого места продолжить без пропусков нельзя: причина в errors. "
        "Начните ленту заново, без cursor, и замените свою копию.",
        "Going on from here would miss changes; see errors for the reason. "
        "Start without a cursor and replace your copy.",
    )


class Unauthorized(Problem):
    """No key that works; which of the reasons it is, nobody is told."""

    status = 401
    slug = "unauthorized"
    title = Words("Нужен действующий ключ", "A valid key is required")
    detail = Words(
        "Пришлите действующий ключ в заголовке Authorization: Bearer. "
        "В Swagger нажмите Authorize и вставьте ключ. Ключи выдаёт администратор.",
        "Send a valid key in the header Authorization: Bearer. "
        "In Swagger press Authorize and paste the key. The administrator issues keys.",
    )

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    """The key works, but not for this."""

    status = 403
    slug = "forbidden"
    title = Words("Недостаточно прав", "Forbidden")
    detail = Words(
        "Роль или область этого ключа такого не допускает. Подробности в errors, если они есть.",
        "The role or the scope of this key does not allow it; see errors, if there are any.",
    )


class NotFound(Problem):
    """No such record, or none that the caller may see."""

    status = 404
    slug = "not-found"
    title = Words("Не найдено", "Not found")
    detail = Words(
        "По этому адресу ничего нет. Проверьте адрес и идентификатор.",
        "There is nothing at this address. Check the address and the id.",
    )


class MethodNotAllowed(Problem):
    """The path exists, the method does not."""

    status = 405
    slug = "method-not-allowed"
    title = Words("Метод не поддерживается", "Method not allowed")
    detail = Words(
        "Этот адрес не принимает такой метод. Допустимые методы названы в заголовке Allow.",
        "This address does not take the method; the Allow header names those it takes.",
    )


class Conflict(Problem):
    """The state of the register forbids it."""

    status = 409
    slug = "conflict"
    title = Words("Противоречит состоянию реестра", "Conflicts with the register")
    detail = Words(
        "Запрос верен, но состояние реестра его не допускает. Подробности в errors.",
        "The request is valid, but the state of the register forbids it; see errors.",
    )


class AlreadyExists(Conflict):
    """A natural key is taken."""

    slug = "already-exists"
    title = Words("Такая запись уже есть", "The record exists already")
    detail = Words(
        "Запись с таким ключом уже есть. Её адрес в поле existing.",
        "A record with this key exists; its address is in the member existing.",
    )


class Referenced(Conflict):
    """A record that others refer to cannot be deleted."""

    slug = "referenced"
    title = Words("На запись ссылаются другие", "Other records refer to it")
    detail = Words(
        "Удалить нельзя: на запись ссылаются другие. Они названы в поле referrers; "
        "удалите или измените сначала их.",
        "It cannot be deleted: others refer to it; the member referrers names them.",
    )


class AmbiguousKey(Conflict):
    """A foreign key that stands for records of several municipalities."""

    slug = "ambiguous-key"
    title = Words("Ключ есть в нескольких муниципалитетах", "The key is ambiguous")
    detail = Words(
        "Запись с этим ключом есть в нескольких муниципалитетах. Добавьте ?municipality_id=.",
        "Several municipalities have a record with this key. Add ?municipality_id=.",
    )


class IllegalTransition(Conflict):
    """A step that the workflow does not have."""

    slug = "illegal-transition"
    title = Words("Недопустимый переход", "Illegal transition")
    detail = Words(
        "Из текущего состояния записи такой переход невозможен. Подробности в errors.",
        "The record's state does not allow this step; see errors.",
    )


class Stale(Problem):
    """The caller saw an older version than the current one."""

    status = 412
    slug = "stale"
    title = Words("Запись уже изменена", "The record has changed")
    detail = Words(
        "Ваша версия записи устарела (или запись уже есть, а вы просили только создать). "
        "Прочитайте запись снова и повторите с её новым ETag.",
        "Your version is stale (or the record exists and you asked only to create). "
        "Read it again and repeat with its new ETag.",
    )


class TooLarge(Problem):
    """The body is over the limit."""

    status = 413
    slug = "too-large"
    title = Words("Слишком большой запрос", "The request is too large")
    detail = Words(
        "Тело запроса больше допустимого: {limit} байт.",
        "The body is larger than allowed: {limit} bytes.",
    )


class UnsupportedMediaType(Problem):
    """The body is of a kind that this operation does not read."""

    status = 415
    slug = "unsupported-media-type"
    title = Words("Неподдерживаемый тип содержимого", "Unsupported media type")
    detail = Words(
        "Укажите Content-Type: {allowed}.",
        "Send Content-Type: {allowed}.",
    )


class Invalid(Problem):
    """Parsed, and wrong in the named places."""

    status = 422
    slug = "invalid"
    title = Words("Данные не приняты", "The data is invalid")
    detail = Words(
        "Запрос прочитан, но в нём есть ошибки. Они перечислены в errors; ничего не записано.",
        "The request was read and has faults, listed in errors; nothing was written.",
    )


class ConflictElsewhere(Invalid):
    """A record out of the caller's view stands in the way; it is neither named nor linked."""

    slug = "conflict-elsewhere"
    title = Words("Мешает запись, которая вам не видна", "A record out of your view is in the way")
    detail = Words(
        "Этому мешает запись, которая вам не видна. Обратитесь к координатору района.",
        "A record that you do not see stands in the way. Ask the district's coordinator.",
    )


class PreconditionRequired(Problem):
    """A change by id without If-Match."""

    status = 428
    slug = "precondition-required"
    title = Words("Нужен заголовок If-Match", "If-Match is required")
    detail = Words(
        "Чтобы не затереть чужую правку, пришлите заголовок If-Match со значением {etag} "
        "(это ETag записи, которую вы видели) или * для любой версии.",
        "So that nobody's change is lost, send If-Match: {etag} (the ETag of the record "
        "that you saw), or * for any version.",
    )


class TooManyRequests(Problem):
    """Too many wrong keys from an address, or too many requests with one key."""

    status = 429
    slug = "too-many-requests"
    title = Words("Слишком много запросов", "Too many requests")
    detail = Words(
        "Повторите не раньше чем через {seconds} с.",
        "Try again in {seconds} s at the earliest.",
    )

    def __init__(self, seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(seconds)}, seconds=seconds)


class Unavailable(Problem):
    """The database does not answer."""

    status = 503
    slug = "unavailable"
    title = Words("Сервис временно недоступен", "Temporarily unavailable")
    detail = Words(
        "База данных не отвечает. Повторите запрос позже.",
        "The database does not answer. Try again later.",
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "2"})


class Busy(Unavailable):
    """Too many at once."""

    slug = "busy"
    title = Words("Сервис занят", "Busy")
    detail = Words(
        "Сейчас слишком много запросов. Повторите через пару секунд.",
        "Too many requests at the moment. Try again in a few seconds.",
    )
