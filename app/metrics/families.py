"""Families: every number that is told.

Labels come from closed lists, and keys are named by their ids: no person is named.
"""

from collections.abc import Sequence

from prometheus_client.core import (
    CounterMetricFamily as Counter,
)
from prometheus_client.core import (
    GaugeMetricFamily as Gauge,
)
from prometheus_client.core import (
    HistogramMetricFamily as Histogram,
)

from app.metrics.family import (
    PROCESS,
    Family,
    errors,
    of_each,
    of_process,
    of_register,
    of_surroundings,
    refusals,
)

_LANE = ("process", "lane")

FAMILIES: Sequence[Family] = (
    Family(
        Gauge,
        "sn_build_info",
        "Версия сервиса, Python и базы; значение всегда 1",
        ("version", "python", "database", "database_version"),
        lambda told: [(told.build, 1)],
    ),
    Family(
        Counter,
        "sn_requests",
        "Запросы по маршруту, методу, состоянию ответа и причине 503",
        ("process", "route", "method", "status", "cause"),
        of_each(lambda sheet: sheet["answers"]),
    ),
    Family(
        Counter,
        "sn_refusals",
        "Отказы 503 по причине",
        ("process", "cause"),
        of_each(lambda sheet: refusals(sheet).items()),
    ),
    Family(
        Counter,
        "sn_errors",
        "Ответы 500: ошибки самого сервиса",
        PROCESS,
        of_process(errors),
    ),
    Family(
        Counter,
        "sn_record_reads",
        "Чтения записей по тому, кто ответил: реплика, основная база и почему она",
        ("process", "answered"),
        of_each(lambda sheet: sheet["replica"].items()),
    ),
    Family(
        Histogram,
        "sn_request_seconds",
        "Сколько секунд длился ответ",
        ("process", "route", "method"),
        of_each(lambda sheet: sheet["durations"]),
    ),
    Family(
        Gauge,
        "sn_requests_running",
        "Запросы, на которые сейчас отвечают",
        PROCESS,
        of_process(lambda sheet: sheet["running"]),
    ),
    Family(
        Gauge,
        "sn_client_connections",
        "Открытые соединения клиентов",
        PROCESS,
        of_process(lambda sheet: sheet["connections"]),
    ),
    Family(
        Gauge,
        "sn_writers_waiting",
        "Записи, которые ждут своей очереди",
        PROCESS,
        of_process(lambda sheet: sheet["waiting"]),
    ),
    Family(
        Histogram,
        "sn_writer_wait_seconds",
        "Сколько секунд запись ждала, пока смогла начаться",
        PROCESS,
        of_process(lambda sheet: sheet["waits"]),
    ),
    Family(
        Histogram,
        "sn_write_seconds",
        "Сколько секунд длилась запись вместе с ожиданием",
        PROCESS,
        of_process(lambda sheet: sheet["writes"]),
    ),
    Family(
        Gauge,
        "sn_places",
        "Сколько запросов одного рода могут идти одновременно",
        _LANE,
        of_each(lambda sheet: [(lane, each[0]) for lane, each in sheet["places"].items()]),
    ),
    Family(
        Gauge,
        "sn_places_taken",
        "Сколько запросов одного рода идёт сейчас",
        _LANE,
        of_each(lambda sheet: [(lane, each[1]) for lane, each in sheet["places"].items()]),
    ),
    Family(
        Gauge,
        "sn_places_waiting",
        "Сколько запросов одного рода ждёт места",
        _LANE,
        of_each(lambda sheet: [(lane, each[2]) for lane, each in sheet["places"].items()]),
    ),
    Family(
        Gauge,
        "sn_jobs",
        "Списки, принятые к загрузке и ещё не загруженные",
        PROCESS,
        of_process(lambda sheet: sheet["jobs"]),
    ),
    Family(
        Counter,
        "sn_uploads",
        "Загруженные списки по исходу",
        ("process", "status"),
        of_each(lambda sheet: sheet["lists"].items()),
    ),
    Family(
        Counter,
        "sn_upload_rows",
        "Строки загруженных списков по исходу",
        ("process", "outcome"),
        of_each(lambda sheet: sheet["rows"].items()),
    ),
    Family(
        Gauge,
        "sn_trail_waiting_bytes",
        "Записи журнала доступа, которые ещё не в базе, байт",
        PROCESS,
        of_process(lambda sheet: sheet["untold"]),
    ),
    Family(
        Gauge,
        "sn_process_start_timestamp_seconds",
        "Когда процесс начал работу, секунды Unix",
        PROCESS,
        of_process(lambda sheet: sheet["process"][0]),
    ),
    Family(
        Counter,
        "sn_process_cpu_seconds",
        "Сколько секунд процессора занял процесс",
        PROCESS,
        of_process(lambda sheet: sheet["process"][1]),
    ),
    Family(
        Gauge,
        "sn_process_memory_bytes",
        "Сколько памяти занимает процесс, байт",
        PROCESS,
        of_process(lambda sheet: sheet["process"][2]),
    ),
    Family(
        Gauge,
        "sn_process_open_files",
        "Сколько у процесса открытых файлов и соединений",
        PROCESS,
        of_process(lambda sheet: sheet["process"][3]),
    ),
    Family(
        Gauge,
        "sn_database_up",
        "Отвечает ли база: 1 или 0",
        (),
        lambda told: [((), told.standing is not None)],
    ),
    Family(
        Gauge,
        "sn_database_full",
        "Не хватает ли места для записи: 1 или 0",
        (),
        lambda told: [((), told.is_full)],
    ),
    Family(
        Gauge,
        "sn_feed_position",
        "Номер последнего изменения в ленте",
        (),
        of_register(lambda now: [((), now.position)]),
    ),
    Family(
        Gauge,
        "sn_feed_changed_timestamp_seconds",
        "Когда было последнее изменение, секунды Unix; 0 — изменений не было",
        (),
        of_register(lambda now: [((), now.changed_at.timestamp() if now.changed_at else 0)]),
    ),
    Family(
        Gauge,
        "sn_follower_behind_changes",
        "На сколько изменений отстаёт ключ, который читает ленту",
        ("key",),
        of_register(lambda now: [((each.key_id,), each.behind) for each in now.followers]),
    ),
    Family(
        Gauge,
        "sn_follower_asked_timestamp_seconds",
        "Когда ключ в последний раз читал ленту, секунды Unix",
        ("key",),
        of_register(
            lambda now: [((each.key_id,), each.asked_at.timestamp()) for each in now.followers]
        ),
    ),
    Family(
        Gauge,
        "sn_trail_last_entry",
        "Номер последней записи журнала доступа",
        (),
        of_register(lambda now: [((), now.seq)]),
    ),
    Family(
        Gauge,
        "sn_trail_entries",
        "Сколько записей журнала доступа в базе, без вынесенных в архив",
        (),
        of_register(lambda now: [((), now.seq - now.archived)]),
    ),
    Family(
        Gauge,
        "sn_trail_outside_entry",
        "Номер последней записи журнала доступа, отмеченный вне базы",
        (),
        of_surroundings(lambda now: [((), now.outside.seq)] if now.outside else ()),
    ),
    Family(
        Gauge,
        "sn_trail_outside_timestamp_seconds",
        "Когда отмечена последняя запись журнала доступа, секунды Unix",
        (),
        of_surroundings(lambda now: [((), now.outside.written_at)] if now.outside else ()),
    ),
    Family(
        Gauge,
        "sn_disk_free_bytes",
        "Свободное место на диске, байт",
        ("place",),
        of_surroundings(lambda now: [((at,), disk.free) for at, disk in now.disks.items()]),
    ),
    Family(
        Gauge,
        "sn_disk_size_bytes",
        "Размер диска, байт",
        ("place",),
        of_surroundings(lambda now: [((at,), disk.size) for at, disk in now.disks.items()]),
    ),
    Family(
        Gauge,
        "sn_backup_timestamp_seconds",
        "Когда сделана последняя копия, секунды Unix; 0 — отметки о копии нет",
        (),
        of_surroundings(lambda now: [((), now.backup.made_at.timestamp() if now.backup else 0)]),
    ),
    Family(
        Gauge,
        "sn_backup_bytes",
        "Размер последней копии, байт",
        (),
        of_surroundings(lambda now: [((), now.backup.bytes if now.backup else 0)]),
    ),
)
