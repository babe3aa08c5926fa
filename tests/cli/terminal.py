"""The command line as a test runs it: words in, output and exit code out."""

from pathlib import Path

from typer.testing import CliRunner, Result

from lanassist.cli.main import app


class Terminal:
    """Runs commands against one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str) -> Result:
        """``terminal.run("agents", "list")``; COLUMNS is wide, so that no line wraps."""
        env = {"LANASSIST_HOME": str(self.home), "COLUMNS": "200", "DISPLAY": "", "BROWSER": ""}
        return CliRunner().invoke(app, words, env=env)
