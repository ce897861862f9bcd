"""`python -m bulwark.desktop`."""

import os

# Hide pygame's greeting; must be set before pygame is first imported.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# Desktops group windows by this class name.
os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "bulwark")

from bulwark.desktop.cli import main

main()
