"""Interaction: the forms and modes in which organizations of a network work together."""

from app.model.columns import Choice


class InteractionForm(Choice):
    """What partners do together: the five forms that the order names."""

    JOINT_CURRICULA = "joint_curricula", "совместные образовательные программы"
    COMMON_ASSESSMENT = "common_assessment", "единая система оценивания"
    PROFESSIONAL_DEVELOPMENT = (
        "professional_development",
        "методические дни, консультации, семинары",
    )
    JOINT_COUNCILS_AND_EVENTS = (
        "joint_councils_and_events",
        "совместные педсоветы, собрания и мероприятия с детьми",
    )
    SHARED_FACILITIES = "shared_facilities", "совместное использование ресурсов"


class InteractionMode(Choice):
    """How partners meet."""

    REMOTE = "remote", "с применением дистанционных технологий"
    IN_PERSON = "in_person", "очно"
    NETWORK_ASSOCIATION = "network_association", "в рамках сетевого объединения"
