"""Problems: every way in which a request can fail, with texts in Russian and in English.

A problem is raised where the fact is known; `app.rest.errors` renders it as RFC 9457.
"""

from app.problems.problem import Problem
from app.problems.requests import (
    AnswerGone,
    BadRequest,
    CursorExpired,
    Forbidden,
    HeadersTooLarge,
    InvalidCursor,
    MethodNotAllowed,
    NotFound,
    ReportNotMade,
    TooLarge,
    TooManyRequests,
    TooSlow,
    Unauthorized,
    UnsupportedMediaType,
)
from app.problems.service import Busy, DiskFull, ImportInterrupted, Unavailable
from app.problems.state import (
    AlreadyExists,
    AmbiguousKey,
    Conflict,
    ConflictElsewhere,
    IllegalTransition,
    ImportRejected,
    Invalid,
    KeyReused,
    PreconditionRequired,
    Referenced,
    Stale,
    StillRunning,
)

__all__ = [
    "AlreadyExists",
    "AmbiguousKey",
    "AnswerGone",
    "BadRequest",
    "Busy",
    "Conflict",
    "ConflictElsewhere",
    "CursorExpired",
    "DiskFull",
    "Forbidden",
    "HeadersTooLarge",
    "IllegalTransition",
    "ImportInterrupted",
    "ImportRejected",
    "Invalid",
    "InvalidCursor",
    "KeyReused",
    "MethodNotAllowed",
    "NotFound",
    "PreconditionRequired",
    "Problem",
    "Referenced",
    "ReportNotMade",
    "Stale",
    "StillRunning",
    "TooLarge",
    "TooManyRequests",
    "TooSlow",
    "Unauthorized",
    "Unavailable",
    "UnsupportedMediaType",
]
