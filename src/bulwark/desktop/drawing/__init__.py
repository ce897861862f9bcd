"""What is seen: a scene, a painter, and the pieces of the screens."""
