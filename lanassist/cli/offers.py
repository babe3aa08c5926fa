"""What the node offers to do with an agent, and why not, before a page is opened for it."""

import msgspec

from lanassist.cli.channels import events_of, run_live
from lanassist.cli.client import NodeClient, refusal_error
from lanassist.node.errors import UnknownDisplay
from lanassist.node.services.glance.commands import OFFERS, DisplayList, ListDisplays, Offer


class Choice(msgspec.Struct, frozen=True):
    """An agent whose screen may be seen, and the displays to show."""

    agent: str
    """Node id."""
    chosen: tuple[int, ...]
    reason_required: bool
    """Whether policy wants to know why."""


def offer_of(node: NodeClient, agent: str, wanted: tuple[int, ...]) -> Choice:
    """The agent meant and the displays wanted, or else the primary one.

    Raises what the node refuses with (offline, locked, no grant, …) and UnknownDisplay.
    """
    found = node.ask(ListDisplays(agent=agent))
    offers: list[Offer] = []
    run_live(lambda: _heard(node, found.agent, offers))
    numbers = [display.number for display in found.displays]
    if missing := [number for number in wanted if number not in numbers]:
        raise UnknownDisplay(agent=found.agent_name, display=missing[0], available=_listed(numbers))
    required = any(offer.reason_required for offer in offers)
    return Choice(found.agent, wanted or _primary(found), required)


async def _heard(node: NodeClient, agent: str, offers: list[Offer]) -> None:
    async with events_of(node) as events:
        for change in (await events.next()).changes:
            if (change.topic, change.key) == (OFFERS, agent) and not change.gone:
                offer = msgspec.json.decode(change.value, type=Offer)
                if offer.refusal is not None:
                    raise refusal_error(offer.refusal.code, offer.refusal.text)
                offers.append(offer)


def _primary(found: DisplayList) -> tuple[int, ...]:
    ranked = sorted(found.displays, key=lambda display: (not display.primary, display.number))
    return tuple(display.number for display in ranked[:1])


def _listed(numbers: list[int]) -> str:
    return " and ".join(f"display {number}" for number in numbers) or "none at all"
