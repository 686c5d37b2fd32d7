"""Words of the demo data: common names, invented villages, and numbers with check digits."""

import random
from itertools import product

MALE_NAMES = (  # noqa: SIM905 - words read best as words
    "Азат Айдар Айрат Александр Алексей Андрей Артур Булат Владимир Дамир Дмитрий Ильдар Ильнур "
    "Ильшат Марат Михаил Наиль Николай Радик Рамиль Ринат Рустам Сергей Тимур Фарид"
).split()
FEMALE_NAMES = (  # noqa: SIM905 - words read best as words
    "Айгуль Алина Алсу Альбина Анна Валентина Венера Галина Гузель Гульназ Гульнара Дина Елена "
    "Зульфия Ирина Лейсан Лилия Людмила Марина Наталья Ольга Резеда Светлана Татьяна Эльвира"
).split()
PATRONYMICS = (  # noqa: SIM905 - words read best as words
    "Азатов Айратов Александров Алексеев Андреев Борисов Владимиров Дамиров Дмитриев Ильдаров "
    "Камилев Маратов Михайлов Наилев Николаев Петров Рамилев Рашидов Ринатов Рустамов Сергеев "
    "Талгатов Фаридов Хасанов Шамилев"
).split()
SURNAMES = (  # noqa: SIM905 - words read best as words
    "Абдуллин Алексеев Ахметов Бикбулатов Валиев Васильев Волков Габдуллин Гайнутдинов Галиев "
    "Гарипов Гатауллин Давлетшин Егоров Закиров Зарипов Ибрагимов Иванов Исмагилов Кузнецов "
    "Латыпов Макаров Миннуллин Морозов Мустафин Мухаметзянов Насибуллин Нуриев Павлов Петров "
    "Садыков Сафин Семёнов Смирнов Соколов Тимофеев Файзуллин Фёдоров Хабибуллин Хайруллин "
    "Хасанов Шайдуллин Шакиров Шарафутдинов Юсупов Якупов"
).split()

_ROOTS = (  # noqa: SIM905 - words read best as words
    "Камышлинская Берёзкинская Чишмелинская Каенлыкская Тирякская Наратлинская Юкалинская "
    "Сандугачская Кызылъярская Яшелькульская Ключинская Родниковская Ивняковская Заовражинская "
    "Тальниковская Миляшкинская Айталинская Кукмаринкинская Биектауская Луговинская"
).split()
_SIDES = ("", "Верхне-", "Нижне-", "Старо-", "Ново-", "Средне-", "Мало-")
VILLAGES = [f"{side}{root}" for side, root in product(_SIDES, _ROOTS)]
"""Invented villages, as adjectives in the names of schools."""

MATERIAL = (
    "подготовка к ОГЭ по математике",
    "читательская грамотность",
    "работа с неуспевающими",
    "формирующее оценивание",
    "билингвальное обучение",
    "проектная деятельность",
    "классное руководство",
    "функциональная грамотность",
)
"""Topics of events."""

POSITIONS = (
    "учитель русского языка и литературы",
    "учитель татарского языка",
    "учитель математики",
    "учитель начальных классов",
    "учитель физики",
    "учитель биологии и химии",
    "учитель истории",
    "учитель английского языка",
    "учитель физической культуры",
    "педагог-психолог",
)

COURSES = (
    ("Робототехника", "additional"),
    ("Читательская грамотность", "general"),
    ("Практикум по физике", "general"),
    ("Химия вокруг нас", "additional"),
    ("Русский язык: путь к ОГЭ", "general"),
    ("Географическое краеведение", "additional"),
    ("Биология: исследования", "general"),
    ("Программирование на Python", "additional"),
    ("Финансовая грамотность", "additional"),
    ("Английский язык: разговорный клуб", "additional"),
    ("Черчение и 3D-моделирование", "additional"),
    ("Школьный музей", "additional"),
)
"""Network curricula and their kinds."""

_INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)


def person(rng: random.Random) -> dict[str, str]:
    """A name; most teachers are women."""
    woman = rng.random() < 0.82  # noqa: PLR2004 - about the share of women among teachers
    first = rng.choice(FEMALE_NAMES if woman else MALE_NAMES)
    return {
        "last_name": rng.choice(SURNAMES) + ("а" if woman else ""),
        "first_name": first,
        "patronymic": rng.choice(PATRONYMICS) + ("на" if woman else "ич"),
    }


def village(number: int) -> str:
    """The village of a school; after the last village the names repeat with a number."""
    round_, index = divmod(number, len(VILLAGES))
    return VILLAGES[index] + (f" № {round_ + 1}" if round_ else "")


def inn(nine: str) -> str:
    """An ИНН: nine digits and their check digit."""
    total = sum(weight * int(digit) for weight, digit in zip(_INN_WEIGHTS, nine, strict=True))
    return f"{nine}{total % 11 % 10}"


def ogrn(twelve: str) -> str:
    """An ОГРН: twelve digits and their check digit."""
    return f"{twelve}{int(twelve) % 11 % 10}"
