"""Problems of the request itself: it is unreadable, unauthenticated or names nothing."""

from app.findings import Words
from app.problems.problem import Problem


class BadRequest(Problem):
    """The request cannot be parsed."""

    status = 400
    slug = "bad-request"
    title = Words("Запрос не читается", "The request cannot be parsed")
    detail = Words(
        "Сервис не смог прочитать запрос. Если errors пуст, нарушен сам HTTP: например, русские "
        "буквы в адресе не закодированы процентами (%D0%9F).",
        "The service cannot read the request. If errors is empty, HTTP itself is broken: an "
        "address, for example, has letters that are not percent-encoded.",
    )


class InvalidCursor(BadRequest):
    """The cursor was not issued by this list, or was issued for other filters."""

    slug = "invalid-cursor"
    title = Words("Курсор не подходит", "The cursor does not fit")
    detail = Words(
        "Курсор повреждён или выдан для другого списка, фильтра или сортировки. "
        "Начните список заново без cursor.",
        "The cursor is damaged or belongs to another list, filter or sort. Start without one.",
    )


class CursorExpired(Problem):
    """The feed cannot be continued from this cursor without missing changes."""

    status = 410
    slug = "cursor-expired"
    title = Words("Курсор больше не действует", "The cursor has expired")
    detail = Words(
        "С этого места продолжить без пропусков нельзя: причина в errors. "
        "Начните ленту заново, без cursor, и замените свою копию.",
        "Changes would be missed from here on; see errors for the reason. "
        "Start without a cursor and replace your copy.",
    )


class AnswerGone(Problem):
    """A repeated request was already carried out, and its answer may not be shown again."""

    status = 410
    slug = "answer-gone"
    title = Words("Ответ больше не хранится", "The answer is not kept any more")
    detail = Words(
        "Этот запрос уже выполнен, повторно ничего не сделано. Его ответ показать нельзя: данные "
        "человека уничтожены или ключ показывается лишь один раз.",
        "This request was carried out before; nothing was done again. Its answer cannot be shown: "
        "a person's data was destroyed, or a key is shown only once.",
    )


class Unauthorized(Problem):
    """No valid key; the caller is not told which check failed."""

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
    """The key is valid, but its role or scope does not allow this."""

    status = 403
    slug = "forbidden"
    title = Words("Недостаточно прав", "Forbidden")
    detail = Words(
        "Роль или область этого ключа такого не допускает. Подробности в errors, если они есть.",
        "The role or the scope of this key does not allow it; see errors, if there are any.",
    )


class NotFound(Problem):
    """No such record, or none in the caller's view."""

    status = 404
    slug = "not-found"
    title = Words("Не найдено", "Not found")
    detail = Words(
        "По этому адресу ничего нет. Проверьте адрес и идентификатор.",
        "There is nothing at this address. Check the address and the id.",
    )


class ReportNotMade(NotFound):
    """No frozen report has this digest."""

    slug = "report-not-made"
    title = Words("Отчёт не найден", "No such report")
    detail = Words(
        "Такого отчёта сервис не составлял. Проверьте адрес: он напечатан на первой странице, "
        "рядом с кодом. Рабочий экземпляр проверить нельзя.",
        "The service has made no such report. Check the address: it is printed on the first page, "
        "next to the code. A working copy cannot be verified.",
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


class TooLarge(Problem):
    """The body exceeds the limit."""

    status = 413
    slug = "too-large"
    title = Words("Слишком большой запрос", "The request is too large")
    detail = Words(
        "Тело запроса больше допустимого: {limit} байт.",
        "The body is larger than allowed: {limit} bytes.",
    )


class UnsupportedMediaType(Problem):
    """The operation does not read bodies of this media type."""

    status = 415
    slug = "unsupported-media-type"
    title = Words("Неподдерживаемый тип содержимого", "Unsupported media type")
    detail = Words(
        "Укажите Content-Type: {allowed}.",
        "Send Content-Type: {allowed}.",
    )


class CompressedBody(UnsupportedMediaType):
    """The body is compressed; no operation reads such JSON."""

    slug = "compressed-body"
    title = Words("Тело запроса сжато", "The body is compressed")
    detail = Words(
        "Сжатые данные здесь не читаются. Пришлите их без сжатия и без заголовка Content-Encoding.",
        "Compressed data is not read here. Send it uncompressed, without Content-Encoding.",
    )

    def __init__(self) -> None:
        # RFC 9110, section 12.5.3: so a client learns that the coding is refused, not the type.
        super().__init__(headers={"Accept-Encoding": "identity"})


class TooSlow(Problem):
    """The request did not arrive in time."""

    status = 408
    slug = "too-slow"
    title = Words("Запрос не пришёл вовремя", "The request did not arrive in time")
    detail = Words(
        "Запрос начат, но его продолжение не пришло вовремя. Ничего не записано, соединение "
        "закрыто. Проверьте связь и повторите запрос.",
        "The request began, and the rest of it did not come in time. Nothing was written and the "
        "connection is closed. Check the network and repeat the request.",
    )

    def __init__(self) -> None:
        super().__init__(headers={"Connection": "close"})


class HeadersTooLarge(Problem):
    """The address and the headers exceed the limit."""

    status = 431
    slug = "headers-too-large"
    title = Words("Слишком большие заголовки", "The headers are too large")
    detail = Words(
        "Адрес и заголовки запроса вместе занимают больше {bytes} байт, или заголовков больше "
        "{fields}. Уменьшите их: сократите адрес, удалите лишние заголовки и cookie.",
        "The address and the headers of the request take more than {bytes} bytes together, or "
        "there are more than {fields} headers. Shorten the address, remove headers and cookies.",
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
