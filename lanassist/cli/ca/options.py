"""The options of ``lanassist-ca``, each said once."""

from pathlib import Path
from typing import Annotated

import typer

from lanassist.node.trust.grants import Grant, Role

Dir = Annotated[Path, typer.Argument(metavar="DIR", help="The authority's folder.")]
OptionalDir = Annotated[Path | None, typer.Argument(metavar="DIR", help="The authority's folder.")]
PolicyFile = Annotated[
    Path | None, typer.Argument(metavar="POLICY.toml", help="The policy, as `--example` prints one.")
]
Who = Annotated[str, typer.Argument(metavar="WHO", help="E-mail address, name, node id or serial number.")]
Out = Annotated[Path, typer.Option("--out", metavar="BUNDLE", help="Where to put the bundle for the node.")]
Name = Annotated[str, typer.Option("--name", help="The person's or machine's name.")]
Email = Annotated[str, typer.Option("--email", help="The e-mail address.")]
Roles = Annotated[list[Role], typer.Option("--role", help="agent, supervisor or desk; repeatable.")]
NewRoles = Annotated[list[Role] | None, typer.Option("--role", help="Other roles than before; repeatable.")]
Teams = Annotated[list[str] | None, typer.Option("--team", help="A team; repeatable.")]
Grants = Annotated[
    list[Grant] | None,
    typer.Option("--grant", help="What a supervisor may do; repeatable. None named: everything."),
]
NewGrants = Annotated[
    list[Grant] | None, typer.Option("--grant", help="Other grants than before; repeatable.")
]
NoGrants = Annotated[bool, typer.Option("--no-grants", help="A supervisor who may do nothing yet.")]
Hosts = Annotated[
    list[str], typer.Option("--host", help="A name or address that customers will open; repeatable.")
]
PageOut = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", help="Where to put it, like chat.pem; chat.key goes beside it."),
]
Days = Annotated[int, typer.Option("--days", help="How long it is valid, at most 3650.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file that is there.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts instead of a table.")]
NewName = Annotated[str | None, typer.Option("--name", help="Another name than before.")]
NewEmail = Annotated[str | None, typer.Option("--email", help="Another e-mail address than before.")]
NewTeams = Annotated[list[str] | None, typer.Option("--team", help="Other teams than before; repeatable.")]
NoTeams = Annotated[bool, typer.Option("--no-teams", help="No team any more.")]
OtherName = Annotated[str | None, typer.Option("--name", help="Instead of the name in the request.")]
OtherEmail = Annotated[str | None, typer.Option("--email", help="Instead of the address in the request.")]
NewKey = Annotated[bool, typer.Option("--new-key", help="Make a new key; it travels in the bundle.")]
NewRequest = Annotated[
    Path | None, typer.Option("--request", metavar="REQUEST", help="Certify the key of this new request.")
]
