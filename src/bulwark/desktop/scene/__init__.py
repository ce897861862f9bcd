"""The match as a scene graph: nodes, the stage that updates them, short effects and the camera."""
