"""`python -m bulwark.desktop`."""

import os

# pygame's greeting is not ours, and must be off before it is first imported.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# By this name desktops put its windows together.
os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "bulwark")

from bulwark.desktop.cli import main

main()
