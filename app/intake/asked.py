"""Asked: what became of the rows of a list that is checked, and what it asks its uploader."""

from typing_extensions import TypedDict

from app.intake.notes import Note


class Question(TypedDict):
    """One question, and the rows that wait for its answer."""

    field: str
    said: str
    beside: str
    title: str
    code: str
    detail: str
    hint: str
    rows: list[int]
    """The first hundred."""
    count: int
    among: list[str]
    """What the first of them are about: the cell of their first shown column."""
    candidates: list[str]
    """Records that may be meant, by id."""
    may_be_new: bool
    """Whether the answer can be that it is a new person."""


class Refusal(TypedDict):
    """What a page cannot mend: the rows come back in a file."""

    detail: str
    hint: str
    rows: list[int]
    count: int


class ListedRow(TypedDict):
    """A row of the list."""

    row: int
    said: list[str]
    """Its cells in the columns that are shown."""
    is_new: bool
    """Whether its person is new."""
    outcome: str
    told: str
    """Why it is refused."""
    remarks: list[str]
    """What else is said about it."""


class Asked(TypedDict):
    """What became of the rows of a list, and what it asks."""

    questions: list[Question]
    more: int
    """Questions that are not asked yet."""
    refusals: list[Refusal]
    columns: list[str]
    """The headings of the columns that are shown."""
    rows: list[ListedRow]
    is_cut: bool
    """Whether there are more rows than those."""
    notes: list[Note]
    """What is said about rows that are not refused."""
    ready: int
    """Rows that become a record or change one."""
    unchanged: int
    waiting: int
    """Rows that wait for an answer."""
    returned: int
    """Rows that cannot be mended here."""
    left_out: int
    repeated: int
    blank: int
    newcomers: list[str]
    """New people, as their rows name them; the first of them."""
    newcomer_count: int
