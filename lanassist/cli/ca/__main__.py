"""``python -m lanassist.cli.ca`` is ``lanassist-ca``."""

from lanassist.cli.ca import main

main()
