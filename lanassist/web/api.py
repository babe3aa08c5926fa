"""Every service's commands as ``POST /api/<name>``, generated from the command structs.

There are no rules here: the switchboard decides, and its refusals become answers with their code and
sentence. The OpenAPI description at ``/api/openapi.json`` comes from the same structs.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import Body

from lanassist import __version__
from lanassist.node.errors import BadInput, LanassistError, UnknownCommand
from lanassist.node.services.command import Command, Refusal, reply_type

Call = Callable[[Command[Any]], Awaitable[msgspec.Struct]]

_JSON: Final = Body(media_type=RequestEncodingType.JSON)
OPENAPI = OpenAPIConfig(
    title="lanassist: the local API of a node",
    version=__version__,
    path="/api",
    render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    use_handler_docstrings=True,
)


def handlers(commands: Iterable[type[Command[Any]]], call: Call) -> list[HTTPRouteHandler]:
    """One POST handler a command."""
    return [_handler(command, call) for command in commands]


def _handler(command: type[Command[Any]], call: Call) -> HTTPRouteHandler:
    async def carry_out(data: Command[Any]) -> msgspec.Struct:
        return await call(data)

    carry_out.__name__ = command.__name__
    carry_out.__doc__ = command.__doc__
    carry_out.__annotations__ = {"data": Annotated[command, _JSON], "return": reply_type(command)}
    return post(f"/api/{command.name}", status_code=200, tags=[command.name.partition(".")[0]])(carry_out)


def _answer(error: LanassistError) -> Response[Refusal]:
    return Response(Refusal(code=error.code, text=error.text), status_code=error.http_status)


def refused(_: Request[Any, Any, Any], error: LanassistError) -> Response[Refusal]:
    """A refusal in its own words."""
    return _answer(error)


def malformed(request: Request[Any, Any, Any], error: HTTPException) -> Response[Refusal]:
    """What the framework declined before a command was made of it."""
    name = request.url.path.removeprefix("/api/")
    if error.status_code in (404, 405):
        return _answer(UnknownCommand(command=name))
    details = error.extra if isinstance(error, ValidationException) else None
    why = "; ".join(_detail(each) for each in details) if isinstance(details, list) else error.detail
    answer = _answer(BadInput(what=f"The request “{name}”", why=why or error.detail))
    answer.status_code = error.status_code
    return answer


def _detail(extra: Any) -> str:
    if not isinstance(extra, dict):
        return str(extra)
    where = extra.get("key")
    return f"{where}: {extra.get('message')}" if where else str(extra.get("message"))
