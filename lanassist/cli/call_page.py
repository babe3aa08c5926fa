"""``lanassist call listen --page``: the page at an agent, once it is known that the call may be assisted."""

from urllib.parse import urlencode

from lanassist.cli.client import NodeClient, refusal_error
from lanassist.cli.open import show_page
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.assist.commands import ListCalls
from lanassist.node.services.naming import the_agent
from lanassist.node.services.presence.commands import ListAgents


def open_assist(node: NodeClient, agent: str, reason: str, *, print_only: bool, json: bool) -> None:
    """Raises what stands against it, UnknownAgent, AmbiguousAgent.

    The page asks for one click, and then listens: an address alone begins no assist.
    """
    path = "/supervisor/agents?" + urlencode({"agent": heard_agent(node, agent), "listen": reason})
    show_page(node, path, print_only=print_only, json=json)


def heard_agent(node: NodeClient, agent: str) -> NodeId:
    """An agent whose call may be listened to. Raises what stands against it, UnknownAgent, AmbiguousAgent."""
    row = the_agent(node.ask(ListAgents()).agents, agent)
    for offer in node.ask(ListCalls()).offers:
        if offer.node == row.node and offer.listen is not None:
            raise refusal_error(offer.listen.code, offer.listen.text)
    return row.node
