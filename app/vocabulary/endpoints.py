"""The endpoint of the vocabulary."""

from starlette.requests import Request
from starlette.responses import Response

from app.model.grants import Verb
from app.rest import docs
from app.rest.answers import answer_of
from app.rest.crud import answer
from app.rest.deps import no_query
from app.rest.gate import admitted
from app.rest.routing import NarrowRouter
from app.rest.shapes import Shapes
from app.vocabulary.documents import Vocabulary
from app.vocabulary.words import vocabulary

TAG = "Словарь"

router = NarrowRouter(sign="/vocabulary", tags=[TAG])


@router.get(
    "/vocabulary",
    operation_id="get_vocabulary",
    summary="Словарь: что значат имена и коды",
    description="Коллекции и их поля с заголовками списков, перечисления, показатели (определение, "
    "формула словами, место в приказе), причины, ошибки — по-русски и по-английски. Читает любой "
    "ключ. Меняется только с версией сервиса: спрашивайте с прежним `ETag`.",
    response_class=Response,
    openapi_extra={
        "parameters": [],
        "responses": {
            "200": answer_of(Vocabulary),
            "304": {"description": "Не изменилось"},
            **docs.problem_responses(400),
        },
    },
)
@admitted("vocabulary", Verb.READ)
async def get_vocabulary(request: Request) -> Response:
    """Every word that the API speaks."""
    no_query(request)
    shapes: Shapes = request.app.state.shapes
    return answer(request, vocabulary(shapes.enumerations))
