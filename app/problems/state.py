"""Problems of content and state: the request was read, but its data or the register forbids it."""

from app.findings import Words
from app.problems.problem import Problem


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
    """The source key exists in several municipalities."""

    slug = "ambiguous-key"
    title = Words("Ключ есть в нескольких муниципалитетах", "The key is ambiguous")
    detail = Words(
        "Запись с этим ключом есть в нескольких муниципалитетах. Добавьте ?municipality_id=.",
        "Several municipalities have a record with this key. Add ?municipality_id=.",
    )


class IllegalTransition(Conflict):
    """The workflow has no such transition."""

    slug = "illegal-transition"
    title = Words("Недопустимый переход", "Illegal transition")
    detail = Words(
        "Из текущего состояния записи такой переход невозможен. Подробности в errors.",
        "The record's state does not allow this step; see errors.",
    )


class StillRunning(Conflict):
    """Another attempt of the same request is in progress."""

    slug = "still-running"
    title = Words("Запрос ещё выполняется", "The request is still running")
    detail = Words(
        "Запрос с этим Idempotency-Key ещё выполняется. Повторите через секунду.",
        "A request with this Idempotency-Key is still running. Repeat it in a second.",
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class Stale(Problem):
    """The record changed since the caller read it."""

    status = 412
    slug = "stale"
    title = Words("Запись уже изменена", "The record has changed")
    detail = Words(
        "Ваша версия записи устарела (или запись уже есть, а вы просили только создать). "
        "Прочитайте запись снова и повторите с её новым ETag.",
        "Your version is stale (or the record exists and you asked only to create). "
        "Read it again and repeat with its new ETag.",
    )


class Invalid(Problem):
    """The request was read, and its findings name what is wrong."""

    status = 422
    slug = "invalid"
    title = Words("Данные не приняты", "The data is invalid")
    detail = Words(
        "Запрос прочитан, но в нём есть ошибки. Они перечислены в errors; ничего не записано.",
        "The request was read and has faults, listed in errors; nothing was written.",
    )


class ImportRejected(Invalid):
    """The list has refused rows, so nothing of it was written."""

    slug = "import-rejected"
    title = Words("Список не загружен", "The list was not imported")
    detail = Words(
        "В списке есть строки с ошибками, ничего не записано. Какие и почему, сказано в report. "
        "Исправьте их или загрузите остальные с on_error=skip.",
        "Some rows of the list have faults, nothing was written; see the member report. "
        "Correct them, or load the others with on_error=skip.",
    )


class ConflictElsewhere(Invalid):
    """A record outside the caller's view prevents the write; the answer does not identify it."""

    slug = "conflict-elsewhere"
    title = Words(
        "Мешает запись, которая вам не видна", "A record that you cannot see prevents this"
    )
    detail = Words(
        "Этому мешает запись, которая вам не видна. Обратитесь к координатору района.",
        "A record that you cannot see prevents this. Ask the district's coordinator.",
    )


class KeyReused(Invalid):
    """The Idempotency-Key was used for another request."""

    slug = "idempotency-key-reused"
    title = Words("Idempotency-Key уже занят", "The Idempotency-Key is taken")
    detail = Words(
        "С этим Idempotency-Key уже выполнен запрос с другими данными. Для нового запроса "
        "придумайте новое значение; повторяя запрос, не меняйте его.",
        "Another request was carried out under this Idempotency-Key. Use a new one for a new "
        "request, and do not change a request that you repeat.",
    )


class PreconditionRequired(Problem):
    """The change names no If-Match."""

    status = 428
    slug = "precondition-required"
    title = Words("Нужен заголовок If-Match", "If-Match is required")
    detail = Words(
        "Чтобы не затереть чужую правку, пришлите заголовок If-Match со значением {etag} "
        "(это ETag записи, которую вы видели) или * для любой версии.",
        "So that nobody's change is lost, send If-Match: {etag} (the ETag of the record "
        "that you saw), or * for any version.",
    )
