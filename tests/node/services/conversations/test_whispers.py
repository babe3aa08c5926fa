"""Whispers: a word to the agent alone, and a word back that it is there."""

import pytest

from lanassist.node.errors import LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Whisper, WhisperAnswered
from lanassist.node.services.command import Done
from lanassist.node.services.conversations import whispers
from lanassist.node.services.conversations.commands import WHISPERS, SendWhisper, WhisperRow
from lanassist.node.trust.grants import Grant
from tests.support.team import Member, Team


def shown(dana: Member) -> list[str]:
    return [row.text for row in dana.shown(WHISPERS).values() if isinstance(row, WhisperRow)]


def code(answer: object) -> str:
    assert isinstance(answer, LanassistError), answer
    return answer.code


def test_the_supervisor_hears_that_it_is_on_the_agents_page_and_no_desk_hears_anything() -> None:
    team = Team()
    dana, sam = team.agent("Dana"), team.supervisor("Sam")
    assert sam.ask(SendWhisper(agent="dana", text="offer a refund")) == Done()
    assert shown(dana) == ["offer a refund"]
    passed = [
        to for member in (dana, sam) for to, message in member.sent if "hisper" in type(message).__name__
    ]
    assert set(passed) == {dana.node, sam.node}


def test_one_that_is_not_answered_is_sent_again_and_shown_once() -> None:
    team = Team()
    dana, sam = team.agent("Dana"), team.supervisor("Sam")
    message = Whisper(id="w", conversation="", text="psst")
    for _ in range(2):
        effects = dana.core.receive(sam.identity, message, team.now)
        assert [getattr(each, "message", None) for each in effects][-1] == WhisperAnswered(id="w")
        dana.do(effects)
    assert shown(dana) == ["psst"]


def test_to_a_node_that_does_not_answer_or_is_gone_it_says_so() -> None:
    team = Team()
    dana, sam = team.agent("Dana"), team.supervisor("Sam")
    dana.peers.clear()  # it hears nothing
    assert sam.ask(SendWhisper(agent="dana", text="psst")) is None
    team.later(limits.REQUEST_ANSWER)
    assert [code(answer) for answer in sam.answers.values()] == ["no-reply"]
    team.leave(dana)
    assert code(sam.ask(SendWhisper(agent="dana", text="psst"))) == "agent-offline"


def test_the_agents_node_checks_the_grant_whatever_the_supervisors_says() -> None:
    team = Team()
    dana, sam = team.agent("Dana"), team.supervisor("Sam", grants=(Grant.CONTROL,))
    assert code(sam.ask(SendWhisper(agent="dana", text="psst"))) == "missing-grant"
    effects = dana.core.receive(sam.identity, Whisper(id="w", conversation="", text="psst"), team.now)
    (answer,) = [getattr(each, "message", None) for each in effects]
    assert isinstance(answer, WhisperAnswered)
    assert answer.code == "missing-grant"
    assert shown(dana) == []


def test_only_the_latest_stay_on_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whispers, "SHOWN", 2)
    team = Team()
    dana, sam = team.agent("Dana"), team.supervisor("Sam")
    for text in ("one", "two", "three"):
        sam.ask(SendWhisper(agent="dana", text=text))
    assert shown(dana) == ["two", "three"]
