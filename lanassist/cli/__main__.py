"""``python -m lanassist.cli``: the same as the command ``lanassist``."""

from lanassist.cli.main import main

main()
