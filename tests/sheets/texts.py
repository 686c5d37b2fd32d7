"""Texts: the CSV files of the corpus."""

import gzip

from tests.sheets.corpus import Shelf

TEXTS = Shelf()
good, bad = TEXTS.good, TEXTS.bad

HEAD = "ФИО;Школа;Дата"
ROW = "Иванова Мария Петровна;СОШ № 5;15.10.2020"
LIST = f"{HEAD}\r\n{ROW}\r\n"
NAMES = "ФИО|Школа|Дата"
CELLS = ["Иванова Мария Петровна", "СОШ № 5", "15.10.2020"]
WAS_1251 = "read_as_windows_1251"

good("utf8.csv", LIST, NAMES, {2: [*CELLS]}, encoding="utf-8", delimiter=";", header_row=1)
good("utf8-bom.csv", LIST.encode("utf-8-sig"), NAMES, {2: [*CELLS]}, encoding="utf-8")
good(
    "cp1251-semicolon.csv",
    LIST.encode("cp1251"),
    NAMES,
    {2: [*CELLS]},
    WAS_1251,
    encoding="windows-1251",
    delimiter=";",
)
good(
    "utf16-tab.txt",
    LIST.replace(";", "\t").encode("utf-16"),
    NAMES,
    {2: [*CELLS]},
    encoding="utf-16",
    delimiter="\t",
)
good(
    "utf16-big-endian.txt",
    b"\xfe\xff" + LIST.encode("utf-16-be"),
    NAMES,
    {2: [*CELLS]},
    encoding="utf-16",
)
good(
    "utf16-without-mark-asked.txt",
    LIST.encode("utf-16-le"),
    NAMES,
    {2: [*CELLS]},
    encoding="utf-16",
    ask_encoding="utf-16",
)
good(
    "cp866-asked.csv",
    LIST.replace("№", "N").encode("cp866"),
    NAMES,
    {2: [CELLS[0], "СОШ N 5", CELLS[2]]},
    encoding="cp866",
    ask_encoding="cp866",
)
good(
    "cp1251-asked.csv",
    LIST.encode("cp1251"),
    NAMES,
    {2: [*CELLS]},
    encoding="windows-1251",
    ask_encoding="windows-1251",
)
good(
    "commas.csv",
    'ФИО,Школа\n"Ли, Анна",СОШ\n',
    "ФИО|Школа",
    {2: ["Ли, Анна", "СОШ"]},
    delimiter=",",
)
good(
    "semicolons-with-more-commas.csv",
    "Список, за октябрь, 2020, г.\nФИО;Школа\nЛи А.;СОШ, корпус 1, вход 2\n",
    "ФИО|Школа",
    {3: ["Ли А.", "СОШ, корпус 1, вход 2"]},
    delimiter=";",
    header_row=2,
)
good("one-column.csv", "ФИО\nЛи А.\n", "ФИО", {2: ["Ли А."]}, delimiter=";")
good(
    "sep-line.csv",
    "sep=|\nФИО|Школа\nЛи А.|СОШ\n",
    "ФИО|Школа",
    {2: ["Ли А.", "СОШ"]},
    delimiter="|",
    header_row=1,
)
good(
    "sep-line-wins.csv",
    "sep=;\r\nФИО;Школа,Дата\r\nЛи А.;5\r\n",
    "ФИО|Школа,Дата",
    {2: ["Ли А.", "5"]},
    delimiter=";",
    ask_header_row=1,
)
good(
    "sep-line-quoted-utf16.csv",
    '"sep=,"\nФИО,Школа\nЛи А.,СОШ\n'.encode("utf-16"),
    "ФИО|Школа",
    {2: ["Ли А.", "СОШ"]},
    delimiter=",",
)
good(
    "delimiter-asked.csv",
    "ФИО:Школа\nЛи А.:СОШ\n",
    "ФИО|Школа",
    {2: ["Ли А.", "СОШ"]},
    delimiter=":",
    ask_delimiter=":",
)
good(
    "title-rows.csv",
    f"Список педагогов;;\n;;\n{HEAD}\n{ROW}\n",
    NAMES,
    {4: [*CELLS]},
    header_row=3,
)
good("header-on-row-30.csv", "\n" * 29 + f"{HEAD}\n{ROW}\n", NAMES, {31: [*CELLS]}, header_row=30)
good(
    "header-row-asked.csv",
    "ФИО;Школа\nкто;где\nЛи А.;СОШ\n",
    "кто|где",
    {3: ["Ли А.", "СОШ"]},
    header_row=2,
    ask_header_row=2,
)
good(
    "header-row-asked-below-30.csv",
    "x;y\n" * 99 + "ФИО;Школа\nЛи А.;СОШ\n",
    "ФИО|Школа",
    {101: ["Ли А.", "СОШ"]},
    header_row=100,
    ask_header_row=100,
)
good(
    "two-row-header.csv",
    "№;ФИО;;;Школа\n;Фамилия;Имя;Отчество;\n1;Ли;Анна;;СОШ\n",
    "№|Фамилия|Имя|Отчество|Школа",
    {3: ["1", "Ли", "Анна", None, "СОШ"]},
    header_row=2,
)
good(
    "two-row-header-joined.csv",
    "ФИО;Школа;Часы;\n;;план;факт\nЛи А.;СОШ;2;1\n",
    "ФИО|Школа|Часы план|Часы факт",
    {3: ["Ли А.", "СОШ", "2", "1"]},
    header_row=2,
)
good(
    "quotes-and-line-breaks.csv",
    'ФИО;Школа\r\n"Ли\nАнна";"МБОУ ""СОШ № 5"""\r\nИм;"a;b"\r\n',
    "ФИО|Школа",
    {2: ["Ли\nАнна", 'МБОУ "СОШ № 5"'], 3: ["Им", "a;b"]},
)
good(
    "line-break-in-a-heading.csv",
    '"Ф.И.О.";"Шко\u00adла";"  Дата\n"\nЛи А.;5;1\n',
    "Ф.И.О.|Школа|Дата",
    {2: ["Ли А.", "5", "1"]},
)
good("quote-inside.csv", 'ФИО;Школа\nЛи;МБОУ "СОШ"\n', "ФИО|Школа", {2: ["Ли", 'МБОУ "СОШ"']})
good("lone-cr.csv", LIST.replace("\r\n", "\r"), NAMES, {2: [*CELLS]})
good(
    "mixed-line-ends.csv",
    "ФИО;Школа\rЛи;5\nИм;6\r\nПак;7",
    "ФИО|Школа",
    {
        2: ["Ли", "5"],
        3: ["Им", "6"],
        4: ["Пак", "7"],
    },
)
good(
    "blank-rows-inside.csv",
    "ФИО;Школа\n\nЛи;5\n;;\nИм;6\n\n;;\n\n",
    "ФИО|Школа",
    {2: [None, None], 3: ["Ли", "5"], 4: [None, None], 5: ["Им", "6"]},
)
good("trailing-columns.csv", "ФИО;Школа;;;\nЛи;5;;;\n", "ФИО|Школа", {2: ["Ли", "5"]})
good("row-too-long.csv", "ФИО;Школа\nЛи;5;;x;\n", "ФИО|Школа", {2: ["Ли", "5", None, "x"]})
good("row-too-short.csv", "ФИО;Школа;Дата\nЛи\n", NAMES, {2: ["Ли", None, None]})
good("column-without-heading.csv", "ФИО;;Школа\nЛи;x;5\n", "ФИО||Школа", {2: ["Ли", "x", "5"]})
good("only-header.csv", HEAD, NAMES, {})
good("spaces-and-nbsp.csv", "ФИО ;\u00a0Школа\n Ли ;\u00a0\n", "ФИО|Школа", {2: ["Ли ", None]})
good(
    "quote-after-a-blank.csv",
    '№; ФИО;  "Школа"\n1; "Ким; Ли";   "МБОУ «Лицей»"\n',
    "№|ФИО|Школа",
    {2: ["1", "Ким; Ли", "МБОУ «Лицей»"]},
)
good(
    "totals-and-signatures.csv",
    "ФИО;Часы\nЛи;2\nИтого;2\n\nДиректор ______ Ким\n",
    "ФИО|Часы",
    {2: ["Ли", "2"], 3: ["Итого", "2"], 4: [None, None], 5: ["Директор ______ Ким", None]},
)
good(
    "exponents-and-zeros.csv",
    "ФИО;СНИЛС\nЛи;1,6E+09\nИм;00112233445\n",
    "ФИО|СНИЛС",
    {2: ["Ли", "1,6E+09"], 3: ["Им", "00112233445"]},
)
good(
    "escaped-formulas.csv",
    "ФИО;Школа\n'=Ли;'-\n''+7;'а\n",
    "ФИО|Школа",
    {2: ["=Ли", "-"], 3: ["'+7", "'а"]},
)
good("formula-as-text.csv", "ФИО;Школа\n=1+1;@x\n", "ФИО|Школа", {2: ["=1+1", "@x"]})
good("dos-end-of-text.csv", "ФИО;Школа\nЛи;5\n\x1a", "ФИО|Школа", {2: ["Ли", "5"]})
good("long-cell.csv", f"ФИО;Школа\nЛи;{'я' * 100_000}\n", "ФИО|Школа", {2: ["Ли", "я" * 100_000]})
good("tatar-letters.csv", "ФИО;Школа\nГәрәева;Питрәч\n", "ФИО|Школа", {2: ["Гәрәева", "Питрәч"]})
good("named-xlsx.xlsx", LIST, NAMES, {2: [*CELLS]}, format="csv")
good("replacement-characters.csv", "ФИО;Школа\nЛ\ufffd;5\n", "ФИО|Школа", {2: ["Л\ufffd", "5"]})
good("title-is-a-known-word.csv", f"Школа;;\n{HEAD}\n{ROW}\n", NAMES, {3: [*CELLS]}, header_row=2)
good("16384-columns.csv", f"{HEAD}{';' * 16_381}\n{ROW}\n", NAMES, {2: [*CELLS]})

bad("empty.csv", b"", 422, "empty_file")
bad("only-a-mark.csv", b"\xef\xbb\xbf", 422, "empty_file")
bad("only-spaces.csv", " \r\n;;\r\n\t", 422, "empty_file")
bad("no-header.csv", "Ли;5\nИм;6\n", 422, "no_header")
bad("header-on-row-31.csv", "x;y\n" * 30 + LIST, 422, "no_header")
bad("one-known-of-two.csv", "ФИО;кто-то\nЛи;5\n", 422, "no_header")
bad("header-row-asked-empty.csv", f"\n{LIST}", 422, "no_header_row", ask_header_row=1)
bad("header-row-asked-zero.csv", LIST, 422, "no_header_row", ask_header_row=0)
bad("header-row-asked-huge.csv", LIST, 422, "no_header_row", ask_header_row=10**30)
bad("header-row-asked-beyond.csv", LIST, 422, "no_header_row", ask_header_row=9)
bad("duplicate-heading.csv", "ФИО;Школа;фио\nЛи;5;x\n", 422, "duplicate_heading")
bad("control-in-a-heading.csv", "ФИО;Школа;Да\x07та\nЛи;5;x\n", 422, "unreadable_heading")
bad("nul-inside.csv", LIST + ROW.replace("5", "\0"), 422, "nul")
bad("utf16-without-mark.csv", LIST.encode("utf-16-le"), 422, "no_text")
bad("utf32.csv", LIST.encode("utf-32"), 422, "nul")
bad("utf16-cut-in-half.csv", LIST.encode("utf-16")[:-1], 422, "broken_text")
bad("utf16-half-character.csv", f"{HEAD}\n".encode("utf-16") + b"\0\xd8a\0", 422, "broken_text")
bad("broken-utf8-with-mark.csv", LIST.encode("utf-8-sig")[:-4] + b"\xd0\r\n", 422, "broken_text")
bad("broken-utf8.csv", LIST.encode() + b"\xd0\r\n", 422, "damaged_utf8")
bad("broken-utf8-asked.csv", LIST.encode("cp1251"), 422, "broken_text", ask_encoding="utf-8")
bad("cp866-not-asked.csv", LIST.replace("№", "N").encode("cp866"), 422, "looks_like_cp866")
bad("cp1251-read-as-cp1252.csv", LIST.encode("cp1251").decode("cp1252"), 422, "garbled")
bad("cp1252-garbage.csv", "Ôèî;Øêîëà\nÎñòàòêè\x98;é\n".encode("latin-1"), 422, "no_encoding")
bad("encoding-unknown.csv", LIST, 422, "unknown_encoding", ask_encoding="koi8-r")
bad("delimiter-of-two.csv", LIST, 422, "bad_delimiter", ask_delimiter=";;")
bad("delimiter-a-quote.csv", LIST, 422, "bad_delimiter", ask_delimiter='"')
bad("quote-not-closed.csv", f'{LIST}"Ли;5\nИм;6\n', 422, "quote_not_closed")
bad("quote-takes-rows.csv", f'{LIST}Ли;"5;x\nИм;6;x\nСо;"7;x\n', 422, "lines_in_a_cell")
bad("quote-takes-a-row.csv", 'ФИО,Школа,Дата\nЛи,"5,x\nИм,6",x\n', 422, "lines_in_a_cell")
bad(
    "quote-takes-short-rows.csv",
    'ФИО;Школа;Дата;Роль;Ссылка\nЛи;"5;a\nИм;6;b\nСо;"7;c\n',
    422,
    "lines_in_a_cell",
)
good(
    "lines-with-a-comma-each.csv",
    'ФИО,Школа,Адрес\nЛи,5,"Казань,Мира\nКазань,Лесная"\n',
    "ФИО|Школа|Адрес",
    {2: ["Ли", "5", "Казань,Мира\nКазань,Лесная"]},
)
good(
    "lines-with-decimals.csv",
    'ФИО,Школа,Часы\nЛи,5,"12,5 очно\n3,5 дома\nи 1,5 ещё"\n',
    "ФИО|Школа|Часы",
    {2: ["Ли", "5", "12,5 очно\n3,5 дома\nи 1,5 ещё"]},
)
good(
    "lines-of-prose.csv",
    'ФИО;Школа\nЛи;"5\nи; 6, а\nпотом 7"\n',
    "ФИО|Школа",
    {2: ["Ли", "5\nи; 6, а\nпотом 7"]},
)
bad("cell-of-200000.csv", f"{LIST}{'я' * 200_000};5\n", 422, "long_record")
bad("one-long-line.csv", "x" * 3_000_000, 422, "long_record")
bad(
    "lines-in-one-quote.csv",
    (LIST + '"' + "a;b\n" * 900_000 + '"').encode,
    422,
    "long_record",
)
bad("16385-columns.csv", f"{LIST}{';' * 16_384}\n", 422, "too_many_columns")
bad("a-million-delimiters.csv", f"{LIST}{';' * 1_000_000}\n", 422, "too_many_columns")
bad(
    "200001-rows.csv",
    lambda: LIST.encode() + b"a;b\n" * 200_000,
    413,
    "too_many_rows",
)
bad("blank-lines-only.csv", lambda: LIST.encode() + b"\n" * 1_100_000, 413, "too_many_rows")
bad("html-named-xls.xls", f"<html><table><tr><td>{HEAD}</td></tr></table>", 415, "web_page")
bad("spreadsheetml-2003.xls", '<?xml version="1.0"?><Workbook/>', 415, "web_page")
bad("a-pdf.csv", b"%PDF-1.7\n", 415, "not_a_list")
bad("a-picture.csv", b"\x89PNG\r\n\x1a\n", 415, "not_a_list")
bad("rtf.csv", "{\\rtf1 ФИО;Школа}", 415, "not_a_list")
bad("gzip.csv.gz", lambda: gzip.compress(LIST.encode()), 415, "not_a_list")
bad("random-bytes.csv", bytes(range(256)) * 16, 422, "no_text")
bad("json.csv", '[{"ФИО": "Ли"}]', 422, "no_header")
bad(
    "tatar-windows-1251.csv",
    LIST.replace("Мария", "Мари\u0459").encode("cp1251"),
    422,
    "tatar_windows_1251",
)
bad(
    "tatar-windows-1251-far-below.csv",
    (LIST + f"{ROW}\r\n" * 20_000 + ROW.replace("а", "\u040a")).encode("cp1251"),
    422,
    "tatar_windows_1251",
)
bad(
    "tatar-windows-1251-asked.csv",
    LIST.replace("Петровна", "Петровн\u045f").encode("cp1251"),
    422,
    "tatar_windows_1251",
    ask_encoding="windows-1251",
)
