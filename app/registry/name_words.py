"""Words of names: positions and placeholders in lists, and the commonest first names."""

import re

from app.model.text import fold

POSITIONS = frozenset(
    (  # noqa: SIM905 - words read best as words
        "учитель учителя учительница преподаватель преподавателя педагог педагога директор "
        "директора замдиректора зам заместитель заместителя завуч завуча методист методиста "
        "воспитатель воспитателя логопед дефектолог психолог соцпедагог тьютор мастер тренер "
        "инструктор библиотекарь секретарь секретаря бухгалтер специалист начальник "
        "начальника заведующий заведующая заведующего зав завхоз руководитель руководителя "
        "председатель координатор вожатый вожатая организатор концертмейстер хореограф физрук "
        "лаборант инженер программист юрист делопроизводитель совместитель аспирант ассистент "
        "врио ио исполняющий исполняющая обязанности работник сотрудник няня помощник "
        "водитель повар медсестра врач эксперт консультант наставник"
    ).split()
)
"""Nouns of positions, folded; an adjective before one begins with a small letter."""

_DEGREES = frozenset(
    (  # noqa: SIM905 - words read best as words
        "кандидат канд доктор докт доцент профессор проф академик магистр"
    ).split()
)
"""Degrees and titles."""

ALSO_SURNAMES = frozenset({"учитель", "мастер", "тренер", "секретарь", "доктор", "школа"})
"""Positions and kinds of organizations that are surnames too."""

_LEGAL_FORMS = frozenset(
    (  # noqa: SIM905 - words read best as words
        "сош оош нош мсош мбоу маоу мкоу мобу гбоу гаоу гкоу гоу чоу ноу гапоу гбпоу мдоу "
        "мбдоу мадоу мкдоу гбдоу доу мбудо маудо мбоудо фгбоу фгаоу мбу мау мку дюсш дюц дши дхш "
        "дмш цдт ддт цвр"
    ).split()
)
"""Abbreviations of legal forms and kinds of organizations, folded."""

_INSTITUTIONS = _LEGAL_FORMS | frozenset(
    (  # noqa: SIM905 - words read best as words
        "школа школы гимназия гимназии прогимназия лицей лицея интернат школа-интернат детсад "
        "училище колледж техникум"
    ).split()
)
"""Kinds of organizations, folded: lists put the name of a school above its teachers."""

MISSING = frozenset(
    {
        *("нет", "нету", "отсутствует", "отсутств", "не имеет", "не имеется", "без отчества"),
        *("б/о", "нет отчества", "отчества нет", "отчество отсутствует", "прочерк", "не указано"),
    }
)
"""Texts that say that there is no patronymic, folded."""

_PLACEHOLDERS = MISSING | frozenset(
    {
        *("н/д", "n/a", "none", "null", "nan", "undefined", "xxx", "ххх", "test", "тест"),
        *("неизвестно", "неизвестен", "неизвестна", "вакансия", "вакант", "вакантно", "пусто"),
        *("фио", "ф.и.о", "ф.и.о.", "фамилия", "имя", "отчество", "имярек", "не", "указан"),
        *("отчества", "без", "количество", "участников"),
    }
)

FIRST_NAMES = frozenset(
    (  # noqa: SIM905 - words read best as words
        "азат аида айгуль айдар айрат александр александра алексей алена алина алла алмаз "
        "алсу альбина альфия амина анастасия ангелина андрей анна антон антонина арсений "
        "артем артур борис булат вадим валентин валентина валерий валерия варвара василий "
        "венера вера вероника виктор виктория виталий владимир вячеслав галина геннадий "
        "георгий глеб григорий гузель гульназ гульнара гульшат дамир даниил дарья денис диана "
        "дина динара дмитрий евгений евгения егор екатерина елена елизавета жанна зинаида зоя "
        "зульфия иван игорь ильдар ильнур ильшат илья инна ирина камиль карина кирилл "
        "константин кристина ксения лариса лейсан лидия лилия любовь людмила максим марат "
        "маргарита марина мария матвей михаил надежда наиль наталия наталья никита николай "
        "нина оксана олег олеся ольга павел петр полина радик раиса рамиль регина резеда "
        "ренат ринат роза розалия роман руслан рустам светлана семен сергей софия софья "
        "станислав степан тамара татьяна тимур ульяна фарид фарида федор эльвира эльмира юлия "
        "юрий яна ярослав"
    ).split()
)
"""Common first names, folded: if the first word is one of them, the surname comes last."""

_DEGREE = re.compile(r"(?:[а-я]{1,6}\.\s?-?){2,4}[а-я]*\.?")


def is_position(word: str) -> bool:
    """Whether a word, or a part of it between hyphens, is a position or a degree."""
    return not _positions.isdisjoint(fold(word).rstrip(".,").split("-"))


_positions = POSITIONS | _DEGREES


def is_institution(word: str) -> bool:
    """Whether a word is a kind of organization: «СОШ», «гимназия»."""
    return fold(word).rstrip(".,:") in _INSTITUTIONS


def is_legal_form(word: str) -> bool:
    """Whether a word abbreviates a kind of organization: «МБОУ», «СОШ»."""
    return fold(word) in _LEGAL_FORMS


def is_degree(word: str) -> bool:
    """Whether a word in small letters abbreviates a degree or «acting»: «к.п.н.», «и.о.»."""
    return word == word.lower() and _DEGREE.fullmatch(word) is not None


def is_placeholder(word: str) -> bool:
    """Whether a word stands for a missing value: «нет», «ххх», «…», «---»."""
    plain = fold(word)
    is_one_letter = len(plain) > 2 and len(set(plain)) == 1  # noqa: PLR2004 - «Аа» may be a name
    return is_one_letter or plain in _PLACEHOLDERS or not any(map(str.isalpha, plain))


def is_no_name(word: str) -> bool:
    """Whether a word of letters is a position, an organization or stands for a missing value."""
    key = fold(word)
    is_other = key in _PLACEHOLDERS or key in _INSTITUTIONS or len({*key}) == 1
    return is_other or not _positions.isdisjoint(key.split("-"))
