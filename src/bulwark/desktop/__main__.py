"""`python -m bulwark.desktop`."""

import os

# pygame's greeting is not ours, and must be off before it is first imported.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from bulwark.desktop.cli import main

main()
