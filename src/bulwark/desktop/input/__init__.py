"""Keys, mouse, touch and gamepads, translated into named actions."""
