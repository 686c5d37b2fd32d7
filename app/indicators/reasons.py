"""Reasons and causes by their stable codes: why an item counts or not, and what changed it."""

from app.findings import Words

REASONS: dict[str, Words] = {
    "involved": Words("участвует в партнёрстве с лидером", "in a partnership with a leader"),
    "leads": Words("ведёт партнёрство как лидер", "leads a partnership"),
    "no_partnership": Words(
        "на эту дату нет партнёрства с лидером", "no partnership with a leader on the day"
    ),
    "draft_partnership": Words(
        "партнёрство с лидером — пока черновик", "the partnership with a leader is still a draft"
    ),
    "suspended_partnership": Words(
        "партнёрство с лидером приостановлено", "the partnership with a leader is suspended"
    ),
    "leader_not_designated": Words(
        "в партнёрстве на эту дату нет лидера с действующей категорией",
        "no member of the partnership is designated as a leader on the day",
    ),
    "no_leader": Words(
        "на эту дату ни у кого нет категории лидера", "nobody is designated as a leader on the day"
    ),
    "ended_partnership": Words(
        "партнёрство с лидером закончилось", "the partnership with a leader has ended"
    ),
    "leader_not_counted": Words(
        "лидер: по правилу программы не засчитывается", "a leader, not counted by the rule"
    ),
    "took_part": Words("участвовала на деле", "took part in fact"),
    "did_not_take_part": Words(
        "в партнёрстве, но в событиях не участвовала", "in a partnership, but took no part"
    ),
    "designated_leader": Words("школа-лидер", "a leader"),
    "structural_unit": Words("структурное подразделение", "a structural unit"),
    "not_open": Words("не работает на эту дату", "not open on the day"),
    "attended": Words("участвовал(а) в мероприятии", "attended an event"),
    "did_not_attend": Words("не участвовал(а) в мероприятиях", "attended no event"),
    "declared_headcount": Words(
        "по заявленной численности, без имени", "by the declared headcount, unnamed"
    ),
    "left_organization": Words("работа закончилась до этой даты", "left before the day"),
    "completed": Words("выполнено", "completed"),
    "completed_on_time": Words("выполнено в срок", "completed on time"),
    "completed_late": Words("выполнено с опозданием", "completed late"),
    "not_completed": Words(
        "не выполнено, срок — по эту дату", "not completed, the window ends on the day"
    ),
    "overdue": Words("просрочено", "overdue"),
    "cancelled": Words("отменено", "cancelled"),
    "has_act": Words("есть акт или договор", "has an act or an agreement"),
    "no_act": Words("нет акта и договора", "has neither act nor agreement"),
    "social_partner": Words("социальный партнёр", "a social partner"),
    "learners_unknown": Words(
        "событие проведено, число обучающихся не внесено", "held, the learners are not entered"
    ),
    "event_planned": Words("событие запланировано", "the event is planned"),
    "no_event": Words("запланированных событий больше нет", "no more events are planned"),
    "applications_left": Words(
        "есть заявления, по которым не зачислены", "there are applications without a place"
    ),
    "form_used": Words("форма использована", "the form was used"),
    "form_not_used": Words("форма не использована", "the form was not used"),
    "supported": Words("поддерживается лидером", "supported by a leader"),
    "reported": Words("есть принятый отчёт", "has an accepted record"),
    "not_reported": Words("нет принятого отчёта", "has no accepted record"),
    "reached_effective_mode": Words("вышла в эффективный режим", "moved into the effective mode"),
    "still_designated": Words(
        "категория не снята: в эффективный режим не вышла", "still in the category"
    ),
    "left_otherwise": Words(
        "категория снята по другой причине", "the category ended for another reason"
    ),
    "learners": Words("обучающиеся на событии", "learners at the event"),
    "other_kind": Words(
        "организации этого вида показатель не считает", "organizations of its kind are not counted"
    ),
    "other_municipality": Words(
        "организация другого муниципалитета", "an organization of another municipality"
    ),
    "not_priority": Words("не ШНОР и не ШНСУ на эту дату", "in no priority category on the day"),
    "not_employed": Words(
        "нет педагогической работы в организациях программы на эту дату",
        "no teaching employment in the program's organizations on the day",
    ),
    "no_social_partner": Words("не социальный партнёр", "no social partner"),
    "not_asked": Words("отчёт не требуется", "not expected to report"),
    "not_designated": Words(
        "не была ШНОР или ШНСУ в начале периода", "in no priority category at the period's start"
    ),
    "looks_at_organizations": Words("показатель считает организации", "organizations are counted"),
    "looks_at_teachers": Words("показатель считает педагогов", "teachers are counted"),
    "looks_at_events": Words("показатель считает события", "events are counted"),
    "looks_at_partnerships": Words("показатель считает партнёрства", "partnerships are counted"),
    "looks_at_forms": Words("показатель считает формы", "forms are counted"),
    "looks_at_resource_balances": Words(
        "показатель считает обеспеченность ресурсами", "balances of resources are counted"
    ),
    "looks_at_resource_uses": Words(
        "показатель считает пользование ресурсами", "uses of resources are counted"
    ),
    "looks_at_shared_resources": Words("показатель считает ресурсы", "resources are counted"),
    "looks_at_network_curricula": Words(
        "показатель считает сетевые программы", "curricula are counted"
    ),
    "looks_at_network_groups": Words("показатель считает группы", "groups are counted"),
    "looks_at_provisions": Words(
        "показатель считает положения программы", "provisions of the program are counted"
    ),
    "looks_at_results": Words(
        "показатель считает ожидаемые результаты", "expected results are counted"
    ),
    "enough": Words("имеется не меньше, чем требуется", "as much is available as is needed"),
    "short": Words("имеется меньше, чем требуется", "less is available than is needed"),
    "stale": Words("сведения старше года", "the balance is older than a year"),
    "covered": Words("нехватку закрывают ресурсы сети", "what is lent covers the shortage"),
    "open": Words("нехватка не закрыта", "the shortage is not covered"),
    "documented": Words("все документы есть", "all documents are there"),
    "basis_missing": Words("на эту дату нет договора", "no contract by the day"),
    "assessment_missing": Words(
        "на эту дату нет оценки последствий", "no assessment of the consequences by the day"
    ),
    "consent_missing": Words(
        "на эту дату нет согласия собственника", "no consent of the owner by the day"
    ),
    "documents_missing": Words(
        "на эту дату не хватает нескольких документов", "several documents are missing by the day"
    ),
    "conflicted": Words("занят двумя в одно время", "two have it at one time"),
    "has_contracts": Words(
        "у каждой базовой организации есть договор", "every base has a contract"
    ),
    "contract_missing": Words(
        "не у каждой базовой организации есть договор", "a base has no contract"
    ),
    "enrolled": Words("зачислено обучающихся", "learners enrolled"),
    "carried_out": Words("есть проведённое", "something was held"),
    "no_initiative": Words(
        "нет ни сообщества, ни проекта, ни конкурса", "there is no initiative for it"
    ),
    "nothing_held": Words(
        "есть кому проводить, но в период ничего не проведено",
        "an initiative is there, but nothing was held in the period",
    ),
    "no_criteria": Words("не указано, чем подтверждается", "nothing says by what it is confirmed"),
    "unmeasured": Words("данных ещё нет", "there are no data yet"),
    "unconfirmed": Words("не подтверждён", "not confirmed"),
    "partly": Words("подтверждён частично", "partly confirmed"),
    "confirmed": Words("подтверждён", "confirmed"),
    # Snapshots made before the reasons above became exact hold these.
    "not_involved": Words(
        "нет действующего партнёрства с действующим лидером",
        "no counting partnership with a valid leader",
    ),
    "not_documented": Words("не хватает документов", "documents are missing"),
    "not_carried": Words("ничего не проведено", "nothing was held"),
}

CAUSES: dict[str, Words] = {
    "program_started": Words("программа началась", "the program started"),
    "program_ended": Words("программа закончилась", "the program ended"),
    "organization_opened": Words("организация открылась", "the organization opened"),
    "organization_closed": Words("организация закрылась", "the organization closed"),
    "designation_given": Words("присвоена категория", "a designation was given"),
    "designation_ended": Words("категория снята", "a designation ended"),
    "effective_mode_reached": Words(
        "переход в эффективный режим", "the effective mode was reached"
    ),
    "partnership_started": Words("партнёрство началось", "a partnership started"),
    "partnership_ended": Words("партнёрство закончилось", "a partnership ended"),
    "partnership_suspended": Words("партнёрство приостановлено", "a partnership was suspended"),
    "partnership_resumed": Words("партнёрство возобновлено", "a partnership was resumed"),
    "member_joined": Words("участник вошёл в партнёрство", "a member joined a partnership"),
    "member_left": Words("участник вышел из партнёрства", "a member left a partnership"),
    "employment_started": Words("работа началась", "an employment started"),
    "employment_ended": Words("работа закончилась", "an employment ended"),
    "headcount_observed": Words("заявлена численность", "a headcount was observed"),
    "event_attended": Words("участие в событии", "an event was attended"),
    "event_completed": Words("событие проведено", "an event was completed"),
    "window_ended": Words("подошёл срок", "a window ended"),
    "record_accepted": Words("принят отчёт за период", "a record of the period was accepted"),
    "indicator_moved": Words(
        "изменился показатель, которым подтверждается результат",
        "the indicator that confirms the result moved",
    ),
    "balance_observed": Words("внесены сведения о ресурсах", "a balance of resources was observed"),
    "balance_expired": Words("сведения о ресурсах стали старше года", "a balance grew too old"),
    "use_started": Words("пользование ресурсом началось", "a use of a resource started"),
    "use_ended": Words("пользование ресурсом закончилось", "a use of a resource ended"),
    "curriculum_started": Words("сетевая программа началась", "a network curriculum started"),
    "curriculum_ended": Words("сетевая программа закончилась", "a network curriculum ended"),
    "group_started": Words("группа начала занятия", "a group started"),
    "group_ended": Words("группа закончила занятия", "a group ended"),
    "contest_ended": Words("конкурс закончился", "a contest ended"),
    "act_signed": Words("подписан документ", "a document was signed"),
}
