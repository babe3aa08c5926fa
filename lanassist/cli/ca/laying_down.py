"""What ``lanassist-ca policy`` does: shows the edition that is signed, or lays down the next."""

from pathlib import Path

from lanassist.cli import plain
from lanassist.cli.ca import view
from lanassist.cli.policy_view import document_as_plain
from lanassist.node.errors import FileUnreadable
from lanassist.node.trust.authority import AskPassphrase, Authority
from lanassist.node.trust.policy import Policy
from lanassist.node.trust.policy_file import read_policy, written_policy

LARGEST = 256 * 1024


def show_policy(folder: Path, *, json: bool) -> None:
    """Print the edition signed last, in the words of its file."""
    authority = Authority.open(folder)
    document = authority.policy()
    if json:
        plain.print_json(document_as_plain(document))
    elif document is None:
        view.say(f"# {authority.site} has no policy of its own; this holds everywhere:")
        _say_lines(Policy())
    else:
        view.say(
            f"# Edition {document.number} of {authority.site}, signed {document.issued:%Y-%m-%d %H:%M} UTC"
        )
        _say_lines(document.policy)


def sign_policy(folder: Path, file: Path, ask: AskPassphrase, *, json: bool) -> None:
    """Sign what the file says as the next edition, and say what is to be done with it."""
    policy = read_policy(_text(file), file)
    authority = Authority.open(folder)
    document, path = authority.lay_down(authority.unlock(ask), policy)
    if json:
        plain.print_json({**document_as_plain(document), "path": str(path)})
        return
    view.say(f"{path} is edition {document.number} of the policy of {authority.site}.")
    view.say("It counts once the nodes have it; one of them is enough, it tells the others:")
    view.say(f"  lanassist policy install {path.name}      (on any one node of the site)")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode()
    except OSError as error:
        raise FileUnreadable(path=path, why=(error.strerror or "it is no file").lower()) from error
    except UnicodeDecodeError as error:
        raise FileUnreadable(path=path, why="it is not a text file") from error


def _say_lines(policy: Policy) -> None:
    for line in written_policy(policy).splitlines():
        view.say(line)
