"""Faults of lists: the codes and texts of everything that a report can say about a row.

The first sentence of a text says what is wrong, the rest says what to do. `{cell}` is the content
of the cell, if it may be quoted (`app.intake.quoting`).
"""

from app.findings import fault

UNKNOWN_COLUMN = fault(
    "unknown_column",
    "Столбец {letter}{cell} не распознан. Он пропущен. Если он нужен, назовите его, как в "
    "шаблоне, или укажите, какое это поле (columns=…).",
    "The column {letter}{cell} is not known. It was ignored. If you need it, name it as the "
    "template does, or give its field in the parameter columns.",
)
AMBIGUOUS_COLUMN = fault(
    "ambiguous_column",
    "Столбец {letter}{cell} можно понять по-разному: {fields}. Скажите, что в нём, параметром "
    'columns={{"название столбца": "{field}"}}, или назовите столбец иначе.',
    "The column {letter}{cell} may mean several fields: {fields}. Give one in the parameter "
    'columns={{"its heading": "{field}"}}, or rename the column.',
)
COLUMN_TWICE = fault(
    "column_twice",
    "Несколько столбцов значат одно и то же («{title}»): {columns}. Оставьте один, а лишние "
    'пропустите параметром columns={{"название столбца": ""}}.',
    "Several columns mean the same («{title}»): {columns}. Keep one, and exclude the others with "
    'the parameter columns={{"its heading": ""}}.',
)
HEADINGS_READ = fault(
    "headings_read",
    'Понятны: {known}. Не поняты: {unknown}. Назовите столбец параметром columns={{"название '
    'столбца": "organization_id"}} или так, как в шаблоне.',
    'Understood: {known}. Not understood: {unknown}. Name a column in the parameter columns={{"its '
    'heading": "organization_id"}}, or as the template does.',
)
NO_SUCH_HEADING = fault(
    "no_such_heading",
    "Столбца{cell} в списке нет. Напишите в columns название так, как оно стоит в списке.",
    "The list has no column{cell}. Write its heading in columns exactly as in the list.",
)
FILLED_DOWN = fault(
    "filled_down",
    "Пустых ячеек столбца {letter}{cell}, в которых повторено значение сверху: {count}. Если они "
    "должны остаться пустыми, загрузите список, не повторяя значений этого столбца (fill_down=…).",
    "Empty cells of the column {letter}{cell} that repeat the value above: {count}. If they should "
    "stay empty, send the list with fill_down without this field.",
)
PARAMETER_TAKEN = fault(
    "parameter_taken",
    "Столбца «{column}» нет или он пуст, поэтому во всех строках взято значение параметра "
    "{parameter}.",
    "There is no column «{column}», or it is empty, so every row has the value of the parameter "
    "{parameter}.",
)
EVENT_DAY_TAKEN = fault(
    "event_day_taken",
    "Столбца «{column}» нет, поэтому взят день события, если оно шло один день.",
    "There is no column «{column}», so the day is the event's, if it lasted one.",
)
USUAL_TAKEN = fault(
    "usual_taken",
    "Столбца «{column}» нет, поэтому у новых записей стоит «{value}».",
    "There is no column «{column}», so new records have «{value}».",
)
TOTALS_ROW = fault(
    "totals_row",
    "Строка похожа на итог или подпись. Она пропущена.",
    "The row looks like a total or a signature. It was ignored.",
)
HEADER_AGAIN = fault(
    "header_again",
    "Строка повторяет названия столбцов. Она пропущена.",
    "The row repeats the headings. It was ignored.",
)
NOTHING_READ = fault(
    "nothing_read",
    "В строке заполнены только столбцы, которые не читаются. Она пропущена.",
    "Only columns that are not read are filled in the row. It was ignored.",
)
UNDER_ANOTHER = fault(
    "under_another_organization",
    "Выше, в строке {row}, названа другая организация. Добавьте столбец «Организация» и впишите её "
    "в каждую строку или загрузите эти строки отдельно.",
    "Row {row} above names another organization. Add a column with the organization of each row, "
    "or upload these rows apart.",
)
TITLE_OF_ANOTHER = fault(
    "title_of_another_organization",
    "В строке {row}, над списком, названа не та организация, которая выбрана для всего списка. "
    "Проверьте, чьи это педагоги.",
    "Row {row}, above the list, names another organization than the one given for the whole list. "
    "Check whose teachers these are.",
)
NOTHING_ABOVE = fault(
    "nothing_above",
    "В ячейке знак повтора, а над ней ничего нет. Впишите само значение.",
    "The cell has a ditto mark, and nothing stands above it. Enter the value itself.",
)
ERROR_CELL = fault(
    "error_cell",
    "В ячейке ошибка формулы (#ССЫЛКА!, #Н/Д и подобные). Впишите само значение.",
    "The cell shows an error of a formula (#REF!, #N/A and the like). Enter the value itself.",
)
UNMARKED_ABSENT = fault(
    "unmarked_absent",
    "Строк без отметки о присутствии: {count}. Они означают отсутствие, потому что у других "
    "строк отметки есть.",
    "Rows without a mark of attendance: {count}. They count as absent, since others have marks.",
)
NUMBERING_ROW = fault(
    "numbering_row",
    "Строка нумерует столбцы. Она пропущена.",
    "The row numbers the columns. It was ignored.",
)
BEYOND_COLUMNS = fault(
    "beyond_columns",
    "Правее последнего столбца с названием что-то написано. Назовите столбец или уберите лишнее.",
    "A cell to the right of the last named column is filled. Name the column, or clear the cell.",
)
EMPTY_CELL = fault(
    "empty_cell",
    "Ячейка пуста. Заполните её.",
    "The cell is empty. Fill it in.",
)
MISSING_COLUMN = fault(
    "missing_column",
    "В списке нет столбца «{column}». Добавьте его, назовите имеющийся так, как в шаблоне, или "
    "укажите значение параметром, если он для этого есть.",
    "The list has no column «{column}». Add it, name yours as the template does, or give "
    "its value as a parameter, if there is one.",
)
NOT_A_DATE_CELL = fault(
    "not_a_date",
    "Дата не читается. Напишите её как 15.10.2020.",
    "The date cannot be read. Write it as 15.10.2020.",
)
TWO_DIGIT_YEAR = fault(
    "two_digit_year",
    "Год указан двумя цифрами. Напишите его четырьмя, например 15.10.2020.",
    "The year has two digits. Write four, such as 15.10.2020.",
)
PERCENT_CELL = fault(
    "percent_cell",
    "В ячейке процент, а число здесь нужно не в процентах. Напишите его без знака % в единицах "
    "этого столбца.",
    "The cell shows a percent, and no percent is expected. Write the number without the sign.",
)
FIRST_DAY_TAKEN = fault(
    "first_day_taken",
    "Указано несколько дней. Взят первый.",
    "Several days are given. The first was taken.",
)
NOT_A_FLAG = fault(
    "not_a_flag",
    "Нужно «да» или «нет». Исправьте ячейку.",
    "Yes or no is expected. Correct the cell.",
)
PARTS_HAVE_COLUMNS = fault(
    "parts_have_columns",
    "Целый перечень в одной ячейке больше не читается. Заполните вместо неё столбцы {columns}.",
    "A whole list in one cell is not read any more. Fill the columns {columns} in its place.",
)
RECORD_CONTRADICTED = fault(
    "record_contradicted",
    "В строке {row} о той же записи в этом столбце стоит другое. Оставьте одно и то же или "
    "очистите ячейку.",
    "Row {row}, about the same record, says otherwise in this column. Say the same in both, or "
    "leave the cell empty.",
)
RECORD_REFUSED = fault(
    "record_refused",
    "Запись не принята из-за другой её строки. Исправьте строку {row}.",
    "The record was refused for another one of its rows. Mend row {row}.",
)
PART_WITHOUT_RECORD = fault(
    "part_without_record",
    "Строка не говорит, к какой записи она относится. Поставьте её сразу под строками этой записи "
    "или повторите в ней номер записи.",
    "The row does not say which record it belongs to. Put it right below the rows of that record, "
    "or repeat the record's id in it.",
)
ROWS_SCATTERED = fault(
    "rows_scattered",
    "Строки одной записи стоят вразброс, и таких строк больше {most}. Отсортируйте список по "
    "столбцу «Номер записи».",
    "The rows of records stand apart, more than {most} of them. Sort the list by its ids.",
)
DAY_IN_CODE = fault(
    "day_in_code",
    "Программа превратила номер в дату: {shown}. Что было вписано («10-12», «1.10»), по ней уже не "
    "узнать. Задайте ячейкам текстовый формат и впишите номер снова.",
    "The program turned a number into a date: {shown}. What was entered (10-12, 1.10) cannot be "
    "told from it. Format the cells as text and enter it again.",
)
DAY_IN_NUMBER = fault(
    "day_in_number",
    "Программа превратила число в дату: {shown}. Задайте ячейкам числовой формат и впишите число "
    "снова, дробную часть через запятую: 1,5.",
    "The program turned a number into a date: {shown}. Format the cells as numbers and enter it "
    "again.",
)
DAY_IN_TEXT = fault(
    "day_in_text",
    "В ячейке дата, а не текст. Она записана цифрами, как 31.12.2026.",
    "The cell holds a date, not a text. It is written in digits, such as 31.12.2026.",
)
EXPONENT = fault(
    "exponent",
    "Программа превратила длинный номер в 1,6E+09. Задайте ячейкам текстовый формат и впишите "
    "номер снова.",
    "The program turned a long number into 1.6E+09. Format the cells as text and enter it again.",
)
FORMULA = fault(
    "formula",
    "В ячейке формула или знак @. Оставьте в ней только текст.",
    "The cell holds a formula or the sign @. Leave only text in it.",
)
NOT_AMONG = fault(
    "not_among",
    "Такого значения нет в списке. Допустимо: {allowed}.",
    "The value is not on the list. Allowed: {allowed}.",
)
UNKNOWN_ORGANIZATION = fault(
    "unknown_organization",
    "Организация{cell} не найдена. Проверьте название, укажите ИНН или добавьте написание в "
    "«Другие названия организаций».",
    "The organization{cell} is not found. Check the name, give the ИНН, or add an alias.",
)
AMBIGUOUS_ORGANIZATION = fault(
    "ambiguous_organization",
    "Названию{cell} отвечают несколько организаций. Укажите ИНН или номер записи.",
    "Several organizations have the name{cell}. Give the ИНН or the id of the record.",
)
UNKNOWN_RECORD = fault(
    "unknown_record",
    "В списке «{where}» нет записи{cell}. Искали по: {by}. Проверьте написание или сначала "
    "добавьте запись.",
    "The list «{where}» has no record{cell}. It was looked up by: {by}. Check the spelling, or add "
    "the record first.",
)
AMBIGUOUS_RECORD = fault(
    "ambiguous_record",
    "В списке «{where}» этому значению отвечают несколько записей. Укажите номер записи.",
    "Several records of the list «{where}» match the value. Give the id of the record.",
)
NAME_OF_ANOTHER = fault(
    "name_of_another",
    "Название{said} и номер рядом принадлежат разным записям: это номер записи «{name}». Если "
    "верно название, очистите ячейку с номером; если верен номер, очистите ячейку с названием.",
    "The name{said} and the id beside it are of different records: the id is that of «{name}». "
    "Clear the id if the name is right, or the name if the id is.",
)
ID_NOT_SEEN = fault(
    "id_not_seen",
    "Рядом с названием{said} стоит номер записи, которой нет в реестре или которую ваш ключ не "
    "видит. Если верно название, очистите ячейку с номером; если верен номер, очистите ячейку с "
    "названием.",
    "Beside the name{said} stands the id of a record that does not exist or that your key does not "
    "see. Clear the id if the name is right, or the name if the id is.",
)
UNKNOWN_ACTIVITY = fault(
    "unknown_activity",
    "Мероприятия{cell} нет в плане. Проверьте номер или название по плану программы.",
    "The plan has no activity{cell}. Check its number or title against the plan.",
)
AMBIGUOUS_ACTIVITY = fault(
    "ambiguous_activity",
    "Так называются несколько мероприятий плана. Укажите номер в плане.",
    "Several activities of the plan have this title. Give the number in the plan.",
)
NO_EVENT = fault(
    "no_event",
    "В этот день по этому мероприятию ничего не проводилось. Проверьте дату или сначала добавьте "
    "событие.",
    "Nothing was held for the activity on that day. Check the date, or add the event first.",
)
SEVERAL_EVENTS = fault(
    "several_events",
    "В этот день по этому мероприятию несколько событий. Укажите номер записи события (event_id).",
    "Several events were held for the activity on that day. Give the event's id.",
)
ALREADY_IN_FILE = fault(
    "duplicate_row",
    "Строка повторяет строку {row}. Учтена первая.",
    "The row repeats row {row}. The first one counts.",
)
NOT_YOURS_ROW = fault(
    "row_not_yours",
    "Эту запись ваш ключ менять не может. Обратитесь к координатору.",
    "Your key may not change this record. Ask the coordinator.",
)
KEY_TAKEN_ROW = fault(
    "key_taken_row",
    "Такая запись уже есть. Укажите её номер или ключ, чтобы изменить её.",
    "The record exists already. Give its id or key to change it.",
)
