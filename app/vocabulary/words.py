"""Words: the vocabulary, made of the declarations of kinds, indicators, faults and problems."""

from collections.abc import Iterable, Mapping

from app.findings import FAULTS, Words
from app.indicators.catalogue import INDICATORS
from app.indicators.definitions import DEFINITIONS, TITLES
from app.indicators.reasons import CAUSES, REASONS
from app.model.columns import Choice
from app.model.headings import ID, Heading, closed_list, headings
from app.model.leaves import leaves
from app.model.resource import Resource
from app.registry import RESOURCES
from app.registry.program_parts import IndicatorCode
from app.rest.failures import all_problems
from app.vocabulary.documents import (
    CodeMeaning,
    Text,
    Vocabulary,
    VocabularyCollection,
    VocabularyEnumeration,
    VocabularyField,
    VocabularyIndicator,
    VocabularyProblem,
)


def vocabulary(enumerations: Iterable[type[Choice]]) -> Vocabulary:
    """Every word; the enumerations are those that answers speak."""
    listed = sorted(enumerations, key=lambda each: each.__name__)
    return {
        "collections": [_collection(kind) for kind in RESOURCES],
        "enumerations": [_enumeration(each) for each in listed],
        "indicators": [_indicator(code) for code in INDICATORS],
        "reasons": _meanings(REASONS),
        "causes": _meanings(CAUSES),
        "errors": _meanings({code: each.words for code, each in sorted(FAULTS.items())}),
        "problems": _problems(),
    }


def _text(words: Words) -> Text:
    return {"ru": words.ru, "en": words.en}


def _meanings(words: Mapping[str, Words]) -> list[CodeMeaning]:
    return [{"code": code, **_text(each)} for code, each in words.items()]


def _collection(kind: Resource) -> VocabularyCollection:
    lists = {leaf.path: closed_list(leaf.info.annotation) for leaf in leaves(kind)}
    return {
        "name": kind.name,
        "path": f"/{kind.path}",
        "title": _text(kind.spoken_name),
        "description": kind.write.__doc__ or "",
        "fields": [_field(each, lists.get(each.name)) for each in headings(kind)],
    }


def _field(heading: Heading, choices: type[Choice] | None) -> VocabularyField:
    return {
        "name": heading.name,
        "heading": heading.title,
        "description": heading.about,
        "cells": heading.kind,
        "is_required": heading.is_required and heading.name != ID.name,
        "is_personal": heading.is_personal,
        "enumeration": choices.__name__ if choices else None,
        "refers_to": heading.target,
    }


def _enumeration(choices: type[Choice]) -> VocabularyEnumeration:
    words = {each.value: each.words for each in choices}
    # An indicator has one name, wherever it stands.
    return {"name": choices.__name__, "values": _meanings({**words, **_named(choices)})}


def _named(choices: type[Choice]) -> Mapping[str, Words]:
    return TITLES if choices is IndicatorCode else {}


def _indicator(code: IndicatorCode) -> VocabularyIndicator:
    told = DEFINITIONS[code]
    return {
        "code": code,
        "title": _text(TITLES[code.value]),
        "definition": _text(told.definition),
        "unit": INDICATORS[code].unit,
        "formula": _text(told.formula),
        "clause": _text(told.clause),
    }


def _problems() -> list[VocabularyProblem]:
    return [
        {
            "type": f"/problems/{kind.slug}",
            "status": kind.status,
            "title": _text(kind.title),
            "detail": _text(kind.detail),
        }
        for kind in sorted({*all_problems()}, key=lambda each: (each.status, each.slug))
    ]
