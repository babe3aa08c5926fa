"""What the agent reads about being supervised, wherever it is shown. Pure."""

from lanassist.node.protocol.messages import DisplayNumbers
from lanassist.node.services.facts import Supervised, Wish


def displays_in_words(displays: DisplayNumbers) -> str:
    """“display 2”, “displays 1 and 3”; “your screen” if none is named."""
    if not displays:
        return "your screen"
    *before, last = (str(number) for number in displays)
    return f"displays {', '.join(before)} and {last}" if before else f"display {last}"


def began(seen: Supervised) -> str:
    """That somebody supervises this agent from now on."""
    match seen.kind:
        case "glance" if seen.wall:
            return f"{seen.name} has you on the wall"
        case "glance":
            return f"{seen.name} is viewing {displays_in_words(seen.displays)}"
        case "control":
            return f"{seen.name} has taken control of your conversations"
        case "assist":
            return f"{seen.name} is assisting your call"


def ended(seen: Supervised) -> str:
    """That somebody does so no more."""
    match seen.kind:
        case "glance" if seen.wall:
            return f"{seen.name} no longer has you on the wall"
        case "glance":
            return f"{seen.name} no longer sees your screen"
        case "control":
            return f"{seen.name} no longer controls your conversations"
        case "assist":
            return f"{seen.name} no longer assists your call"


def asks(wish: Wish) -> str:
    """What somebody wants."""
    match wish.kind:
        case "glance":
            return f"{wish.name} asks to view {displays_in_words(wish.displays)}"
        case "control":
            return f"{wish.name} asks to take control of your conversations"
        case "assist":
            return f"{wish.name} asks to assist your call"
