"""Every service's commands as ``POST /api/<name>``, generated from the command structs.

There are no rules here: the switchboard decides, and its refusals become answers with their code and
sentence. The OpenAPI description at ``/api/openapi.json`` comes from the same structs.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, Final

import msgspec
import trio
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

GIVEN_UP: Final = Refusal(code="given-up", text="Nobody waits for the answer any more.")
"""The answer that nobody reads."""
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

    async def carry_out_while_awaited(data: Command[Any], request: Request[Any, Any, Any]) -> msgspec.Struct:
        return await _while_awaited(request, call, data)

    handler = carry_out_while_awaited if command.asks else carry_out
    handler.__name__ = command.__name__
    handler.__doc__ = command.__doc__
    handler.__annotations__ = {
        **handler.__annotations__,
        "data": Annotated[command, _JSON],
        "return": reply_type(command),
    }
    return post(f"/api/{command.name}", status_code=200, tags=[command.name.partition(".")[0]])(handler)


async def _while_awaited(
    request: Request[Any, Any, Any], call: Call, command: Command[Any]
) -> msgspec.Struct:
    """The answer; a client who closes the connection before it comes has given the command up."""
    outcome: msgspec.Struct = GIVEN_UP
    failure: LanassistError | None = None

    async def until_the_client_leaves() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(until_the_client_leaves)
        try:
            outcome = await call(command)
        except LanassistError as error:  # not out of the nursery, which would wrap it in a group
            failure = error
        nursery.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return outcome


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
