"""``lanassist-ca``: the site's authority, for the admin. docs/admin-guide.md walks through it.

A module a noun, and none of them loads what signs before it is asked to.
"""

import typer

from lanassist.cli.ca import certificates, pages, policy, register, site
from lanassist.cli.failures import Commands, run

app = typer.Typer(
    cls=Commands,
    name="lanassist-ca",
    help="Make, renew and take back the certificates of one site.",
    epilog="Example: lanassist-ca init site-ca --site acme.example. Every command has its own --help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, and so secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)
for noun in (site, certificates, register, policy, pages):
    app.add_typer(noun.app)


def main() -> None:
    """The console script ``lanassist-ca``."""
    run(app)
