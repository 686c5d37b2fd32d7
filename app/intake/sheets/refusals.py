"""Refusals: the reasons why a file cannot be read as a list, with advice."""

from collections.abc import Iterable

from app.findings import Fault, Finding, Words, fault
from app.intake.quoting import quoting
from app.intake.sheets.shapes import Known
from app.model.text import Unreadable, clean_line
from app.problems import Invalid, Problem, TooLarge, UnsupportedMediaType
from app.rest.media import CSV, XLSX


class TooMuch(TooLarge):
    """The list has too many rows, or the workbook too much content."""

    slug = "list-too-large"
    title = Words("Слишком большой список", "The list is too large")
    detail = Words(
        "В файле больше, чем сервис читает за один раз. Подробности в errors.",
        "The file is too large to be read at once; see errors.",
    )


class NotAList(UnsupportedMediaType):
    """The file is of a kind that is not read."""

    slug = "not-a-list"
    title = Words("Это не список CSV или XLSX", "Not a CSV or XLSX list")
    detail = Words(
        "Сервис читает списки в CSV и XLSX. Что делать с этим файлом, сказано в errors.",
        "Lists are read from CSV and XLSX; see errors for what to do with this file.",
    )


_AS_XLSX = "Откройте файл в Excel или LibreOffice и сохраните как «Книга Excel (*.xlsx)»."
_AS_XLSX_EN = "Open it in Excel and save it as an Excel Workbook (*.xlsx)."
_AS_CSV = "Сохраните список заново как «CSV UTF-8» или XLSX."
_AS_CSV_EN = "Save the list again as CSV UTF-8 or XLSX."

OLD_EXCEL = fault(
    "old_excel",
    f"Это файл старого Excel (.xls) или другой документ этого вида. {_AS_XLSX}",
    f"This is a file of an old Excel version (.xls) or a similar document. {_AS_XLSX_EN}",
)
ENCRYPTED = fault(
    "encrypted",
    "Файл закрыт паролем. Снимите пароль и загрузите файл снова.",
    "The file is protected with a password. Remove the password and send it again.",
)
MACROS = fault(
    "macros",
    f"В книге есть макросы (.xlsm). {_AS_XLSX}",
    f"The workbook has macros (.xlsm). {_AS_XLSX_EN}",
)
OTHER_WORKBOOK = fault(
    "other_workbook",
    f"Это таблица не в формате XLSX, а в ODS или XLSB. {_AS_XLSX}",
    f"This is a table in ODS or XLSB, not in XLSX. {_AS_XLSX_EN}",
)
WEB_PAGE = fault(
    "web_page",
    f"Это веб-страница или XML, хотя файл может называться .xls. {_AS_XLSX}",
    f"This is a web page or XML, even if its name ends in .xls. {_AS_XLSX_EN}",
)
NOT_A_LIST = fault(
    "not_a_list",
    "Это не таблица: нужен файл CSV или XLSX. Если таблица лежит в архиве, распакуйте его.",
    "This is not a table: send CSV or XLSX. If the table is in an archive, unpack it.",
)
NO_TEXT = fault(
    "no_text",
    f"Файл не читается ни как текст, ни как книга Excel. {_AS_CSV}",
    f"The file can be read neither as a text nor as an Excel workbook. {_AS_CSV_EN}",
)

TOO_MANY_ROWS = fault(
    "too_many_rows",
    "Заполненных строк больше {most}. Разделите список на несколько файлов.",
    "More than {most} rows are filled. Divide the list into several files.",
)
INFLATES = fault(
    "inflates",
    "Внутри книги слишком много данных. Скопируйте одну таблицу в новую книгу и загрузите её.",
    "There is too much inside the workbook. Copy the table into a new workbook and send that.",
)
TOO_MANY_PARTS = fault(
    "too_many_parts",
    "В книге больше {most} частей (листов, рисунков). Скопируйте таблицу в новую книгу.",
    "The workbook has more than {most} parts (sheets, pictures). Copy the table into a new one.",
)

EMPTY_FILE = fault("empty_file", "Файл пуст.", "The file is empty.")
UNKNOWN_ENCODING = fault(
    "unknown_encoding",
    "Такой кодировки сервис не читает. Допустимо: {allowed}.",
    "The service does not read this encoding. Allowed: {allowed}.",
)
NO_ENCODING = fault(
    "no_encoding",
    f"Файл не читается ни как UTF-8, ни как windows-1251. {_AS_CSV}",
    f"The file is neither UTF-8 nor windows-1251. {_AS_CSV_EN}",
)
BROKEN_TEXT = fault(
    "broken_text",
    f"В файле есть байты, которых не бывает в кодировке {{encoding}}. {_AS_CSV}",
    f"The file has bytes that do not exist in {{encoding}}. {_AS_CSV_EN}",
)
LOOKS_LIKE_UTF_8 = fault(
    "damaged_utf8",
    f"Файл похож на UTF-8, но повреждён. {_AS_CSV}",
    f"The file looks like UTF-8, but is damaged. {_AS_CSV_EN}",
)
LOOKS_LIKE_CP866 = fault(
    "looks_like_cp866",
    "Файл похож на кодировку DOS. Загрузите его снова с encoding=cp866.",
    "The file looks like the DOS encoding. Send it again with encoding=cp866.",
)
GARBLED = fault(
    "garbled",
    "Русские буквы испорчены ещё до загрузки («Îñòàòêè» вместо «Остатки»). "
    "Откройте исходный файл, а не эту копию, и сохраните как «CSV UTF-8» или XLSX.",
    "The Russian letters were garbled before the upload. "
    "Open the original, not this copy, and save it as CSV UTF-8 or XLSX.",
)
TATAR_1251 = fault(
    "tatar_windows_1251",
    "Файл сохранён в татарском варианте windows-1251: вместо ә, ө, ү, җ, ң, һ читаются чужие буквы "
    f"(Ђ, Љ, њ). {_AS_CSV}",
    "The file is in the Tatar variant of windows-1251: ә, ө, ү, җ, ң, һ would be read as other "
    f"letters. {_AS_CSV_EN}",
)
NUL = fault(
    "nul",
    f"В тексте есть нулевые символы: файл повреждён или это не CSV. {_AS_CSV}",
    f"The text contains NUL characters: it is damaged or not CSV. {_AS_CSV_EN}",
)
BAD_DELIMITER = fault(
    "bad_delimiter",
    "Разделитель — один знак: точка с запятой, табуляция, запятая или похожий.",
    "A delimiter is one character: a semicolon, a tab, a comma or the like.",
)
QUOTE_NOT_CLOSED = fault(
    "quote_not_closed",
    "В строке {row} открыта кавычка, которая не закрыта до конца файла. Закройте или удалите её.",
    "Row {row} opens a quotation mark that is never closed. Close or remove it.",
)
LINES_IN_A_CELL = fault(
    "lines_in_a_cell",
    "Кавычка, открытая в строке {row}, закрыта в другой строке файла, и целые строки списка попали "
    "в одну ячейку. Закройте или удалите её; если это текст ячейки, уберите переводы строк.",
    "A quotation mark that row {row} opens is closed in another line of the file, and whole rows "
    "of the list are in one cell. Close or remove it; if it is a text, remove its line breaks.",
)
LONG_RECORD = fault(
    "long_record",
    "Строка {row} слишком длинная. Проверьте, закрыта ли в ней кавычка.",
    "Row {row} is too long. Check whether its quotation marks are closed.",
)
TOO_MANY_COLUMNS = fault(
    "too_many_columns",
    "В строке {row} больше {most} столбцов. Проверьте разделитель.",
    "Row {row} has more than {most} columns. Check the delimiter.",
)

NO_HEADER = fault(
    "no_header",
    "Строка с названиями столбцов не найдена: в первых 30 строках нет двух известных названий. "
    "Больше всего на неё похожа строка {row}. Понятны: {known}. Не поняты: {unknown}. Назовите "
    'столбцы как в шаблоне или параметром columns={{"название": "поле"}}, а строку — header_row.',
    "No row of headings was found: none of the first 30 rows has two known headings. Row {row} is "
    "most similar. Understood: {known}. Not understood: {unknown}. Name the columns as in the "
    'template or in columns={{"heading": "field"}}, and the row in header_row.',
)
SEVERAL_HEADERS = fault(
    "several_headers",
    "Названия столбцов могут стоять в строках {rows}. Укажите header_row.",
    "The headings may be in rows {rows}. Give the row in header_row.",
)
NO_HEADER_ROW = fault(
    "no_header_row",
    "В строке {row} нет названий столбцов. Проверьте header_row.",
    "Row {row} has no headings. Check header_row.",
)
DUPLICATE_HEADING = fault(
    "duplicate_heading",
    "Название{cell} стоит над столбцами {columns}. Оставьте один или переименуйте.",
    "The heading{cell} is above the columns {columns}. Keep one, or rename it.",
)
UNREADABLE_HEADING = fault(
    "unreadable_heading",
    "В названии столбца {column} есть знаки, которых не бывает в тексте. Наберите его заново.",
    "The heading of column {column} contains characters that texts never have. Type it again.",
)

DAMAGED = fault(
    "damaged",
    "Книга повреждена и не открывается. Откройте её в Excel или LibreOffice и сохраните заново.",
    "The workbook is damaged and cannot be opened. Open it in Excel and save it again.",
)
DOCTYPE = fault(
    "doctype",
    f"В книге есть объявления DTD, которых Excel не пишет. {_AS_XLSX}",
    f"The workbook has a DTD, which Excel never writes. {_AS_XLSX_EN}",
)
EXTERNAL_LINKS = fault(
    "external_links",
    "Книга берёт данные из других файлов. Разорвите связи (Данные → Изменить связи) "
    "или скопируйте таблицу значениями в новую книгу.",
    "The workbook takes data from other files. Break the links (Data → Edit Links), "
    "or copy the table as values into a new workbook.",
)
UNSAFE_NAMES = fault(
    "unsafe_names",
    f"Части книги названы так, как Excel их не называет. {_AS_XLSX}",
    f"Parts of the workbook have names that Excel never gives. {_AS_XLSX_EN}",
)
UNREADABLE_SHEET = fault(
    "unreadable_sheet",
    "Сервис не смог прочитать лист: он повреждён или слишком сложен. "
    "Скопируйте таблицу значениями в новую книгу.",
    "The sheet could not be read: it is damaged or too complex. "
    "Copy the table as values into a new workbook.",
)
UNKNOWN_SHEET = fault(
    "unknown_sheet",
    "Такого листа нет. В книге есть: {sheets}.",
    "There is no such sheet. The workbook has: {sheets}.",
)

AS_WINDOWS_1251 = fault(
    "read_as_windows_1251",
    "Файл прочитан как windows-1251, потому что это не UTF-8.",
    "The file was read as windows-1251, as it is not UTF-8.",
)
OTHER_SHEETS = fault(
    "other_sheets",
    "Прочитан только лист «{sheet}». Не прочитаны: {others}.",
    "Only the sheet «{sheet}» was read. Not read: {others}.",
)
LOST_VALUES = fault(
    "lost_values",
    "Ячеек с формулой без значения: {count}; они прочитаны как пустые. Строки: {rows}.",
    "Cells with a formula without a value: {count}; they were read as empty. Rows: {rows}.",
)
HIDDEN_ROWS = fault(
    "hidden_rows",
    "Скрытых строк: {count}. Они прочитаны вместе с остальными.",
    "Hidden rows: {count}. They were read with the others.",
)

BY_CODE = {
    declared.code: declared
    for declared in (
        *(OLD_EXCEL, ENCRYPTED, MACROS, OTHER_WORKBOOK, NOT_A_LIST),
        *(TOO_MANY_ROWS, INFLATES, TOO_MANY_PARTS),
        *(DAMAGED, DOCTYPE, EXTERNAL_LINKS, UNSAFE_NAMES, UNREADABLE_SHEET),
    )
}
"""The faults that the child process can report, by code."""

_OF_A_KIND = {OLD_EXCEL, ENCRYPTED, MACROS, OTHER_WORKBOOK, WEB_PAGE, NOT_A_LIST}
_OF_SIZE = {TOO_MANY_ROWS, INFLATES, TOO_MANY_PARTS}


def refused(what: Fault, parameter: str | None = None, **values: object) -> Problem:
    """The problem for a fault of a file: 415 for its kind, 413 for its size, else 422."""
    finding = Finding(what, parameter=parameter, values=quoting(values))
    if what in _OF_A_KIND:
        return NotAList(finding, allowed=f"{CSV}, {XLSX}")
    return TooMuch(finding) if what in _OF_SIZE else Invalid(finding)


def garbled(words: Iterable[str], encoding: str, is_known: Known) -> Fault | None:
    """The fault of a wrong encoding, if the words would be headings in another encoding."""
    words = list(words)
    for was, written, read, what in _MISREADINGS:
        if was == encoding and any(is_known(_again(word, written, read)) for word in words):
            return what
    return None


_MISREADINGS = (
    ("", "latin-1", "utf-8", LOOKS_LIKE_UTF_8),
    ("", "latin-1", "cp866", LOOKS_LIKE_CP866),
    ("windows-1251", "cp1251", "utf-8", LOOKS_LIKE_UTF_8),
    ("windows-1251", "cp1251", "cp866", LOOKS_LIKE_CP866),
    ("utf-8", "cp1252", "cp1251", GARBLED),
    ("utf-8", "cp1251", "utf-8", GARBLED),
    ("utf-8", "cp1252", "utf-8", GARBLED),
)


def _again(word: str, written: str, read: str) -> str:
    try:
        return clean_line(word.encode(written).decode(read))
    except (UnicodeError, Unreadable):
        return ""
