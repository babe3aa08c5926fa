"""The rows of one board topic, whatever they are of: a table, JSON, or either of them live."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from lanassist.cli import plain
from lanassist.cli.board import board_of
from lanassist.cli.client import NodeClient

if TYPE_CHECKING:
    from rich.table import Table

RowT = TypeVar("RowT", bound=msgspec.Struct)
Draw = Callable[[Iterable[RowT], float], "Table"]


def show_rows(
    node: NodeClient,
    topic: str,
    kind: type[RowT],
    view: Callable[[], Draw[RowT]],
    *,
    watch: bool,
    as_json: bool,
    ask: Callable[[], tuple[Sequence[RowT], float]] | None = None,
    keep: Callable[[RowT], bool] = lambda row: True,
    nothing: str = "",
) -> None:
    """Show them once, or with ``watch`` every change until Ctrl+C.

    ``view`` imports what draws them, which a script that wants JSON need not wait for. ``ask``: the rows and
    the node's clock, where a command has them in a better order than the board. ``nothing``: instead of a
    table without rows.
    """
    if watch:
        from lanassist.cli.watching import Watched, watch_rows

        watch_rows(node, Watched(topic, kind, view(), keep), as_json=as_json)
        return
    found, now = ask() if ask is not None else _on_the_board(node, topic, kind)
    rows = [row for row in found if keep(row)]
    if as_json:
        plain.print_json(plain.aged(rows, now))
    elif nothing and not rows:
        print(nothing)
    else:
        from lanassist.cli import render

        render.print_table(view()(rows, now))


def _on_the_board(node: NodeClient, topic: str, kind: type[RowT]) -> tuple[Sequence[RowT], float]:
    board = board_of(node)
    return list(board.rows(topic, kind).values()), board.now
