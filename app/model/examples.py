"""Examples: the body that a kind of record shows must be one that it accepts."""

import json
import uuid
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from app.model.declaration import Declaration


def demand_accepted(resource: Declaration) -> None:
    """Refuse a declaration whose example its own body does not accept.

    To try it compiles the body's validator, so only the service does it, and not every command.

    Raises:
        ValueError: one sentence for each thing to correct.

    """
    if refused := [*_refused_example(resource)]:
        raise ValueError("\n".join(f"{resource.name}: {sentence}" for sentence in refused))


def _refused_example(resource: Declaration) -> Iterator[str]:
    """What the body's own types refuse of the example, as it is and as it is changed."""
    if not resource.example:
        return
    for said, body in (
        ("example", {**resource.example}),
        ("change", {**resource.example, **resource.change}),
    ):
        try:
            resource.write.model_validate_json(json.dumps(_with_ids(body)))
        except ValidationError as refused:
            for error in refused.errors(include_url=False):
                place = "/".join(map(str, error["loc"]))
                why = error["msg"].rstrip(".")
                yield f"Its {said} is no body that is accepted: {place}: {why}."
            return


def _with_ids(value: object) -> object:
    """A value of the example with an id for every name of a record."""
    if isinstance(value, Mapping):
        return {name: _with_ids(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_ids(each) for each in value]
    return str(_SOME) if isinstance(value, str) and value.startswith("$") else value


_SOME = uuid.UUID(int=1)
