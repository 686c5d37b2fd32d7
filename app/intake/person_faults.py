"""Faults of persons: the codes and texts of what a report says about the people of a row."""

from app.findings import fault

NAME_TOO_SHORT = fault(
    "name_too_short",
    "В ФИО меньше двух слов. Напишите фамилию и имя полностью.",
    "The name has fewer than two words. Write the last and the first name in full.",
)
NAME_ORDER = fault(
    "name_order",
    "Слова стоят в порядке «Имя Отчество Фамилия», или фамилии нет вовсе. Напишите фамилию первой.",
    "The words are in the order first name, patronymic, surname, or there is no surname. Put the "
    "surname first.",
)
POSITION_TAKEN = fault(
    "position_taken",
    "За именем указана должность. Имя взято без неё.",
    "A position follows the name. The name was taken without it.",
)
POSITION_GROUP_TAKEN = fault(
    "position_group_taken",
    "Место работы записано с группой должностей «{group}»: так названа должность. Если человек "
    "ещё и преподаёт, исправьте группу в его месте работы: иначе он не считается педагогом.",
    "The employment is of the group “{group}”, as the position says. If the person teaches as "
    "well, correct the group of the employment: otherwise they do not count as a teacher.",
)
UNKNOWN_TEACHER = fault(
    "unknown_teacher",
    "Такого педагога в реестре нет. Проверьте ФИО или добавьте педагога; список участников может "
    "добавить его и сам (create_teachers=true).",
    "There is no such teacher. Check the name, or add them; a list of participants may add them "
    "itself (create_teachers=true).",
)
AMBIGUOUS_TEACHER = fault(
    "ambiguous_teacher",
    "Под это ФИО подходят несколько педагогов. Укажите отчество, СНИЛС или номер записи.",
    "Several teachers fit the name. Give the patronymic, the СНИЛС or the id of the record.",
)
NAMESAKE_ELSEWHERE = fault(
    "namesake_elsewhere",
    "Педагог с таким именем известен, но здесь места работы у него нет. Если это он, укажите "
    "номер записи или СНИЛС либо добавьте ему место работы. Если это другой человек, повторите "
    "загрузку, сказав, что он новый (namesakes=new).",
    "A teacher with this name is known, but is not employed here. If it is the same person, give "
    "the id of the record or the СНИЛС, or add an employment. If not, repeat with namesakes=new.",
)
PERSON_OF_ANOTHER = fault(
    "person_of_another",
    "ФИО и номер записи в строке относятся к разным людям. Если верно ФИО, очистите ячейку с "
    "номером; если верен номер, очистите ФИО.",
    "The name and the id in the row are of different persons. Clear the id if the name is right, "
    "or the name if the id is.",
)
SNILS_OF_ANOTHER = fault(
    "snils_of_another",
    "Этот СНИЛС принадлежит человеку с другим именем. Проверьте СНИЛС и ФИО.",
    "The СНИЛС belongs to a person with another name. Check the СНИЛС and the name.",
)
SNILS_NOT_CONFIRMED = fault(
    "snils_not_confirmed",
    "СНИЛС этого педагога в реестре не записан. Сопоставлено по имени; внести СНИЛС может список "
    "педагогов.",
    "The register has no СНИЛС for this teacher. Matched by name; a list of teachers can add it.",
)
FORMER_NAME = fault(
    "former_name",
    "В списке прежнее имя педагога. Сопоставлено по нему.",
    "The list has a former name of the teacher. Matched by that name.",
)
TEACHER_CREATED = fault(
    "teacher_created",
    "Педагога нет в реестре. Он добавляется с местом работы в этой организации.",
    "The teacher is not in the register. They are added, employed at this organization.",
)
PATRONYMIC_LEFT_OUT = fault(
    "patronymic_left_out",
    "Отчество есть только в списке или только в реестре. Сопоставлено по фамилии и имени.",
    "Only the list or only the register has a patronymic. Matched by last and first name.",
)
