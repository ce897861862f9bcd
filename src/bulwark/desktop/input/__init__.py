"""From keys, mouse, fingers and gamepads to named actions."""
