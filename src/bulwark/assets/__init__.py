"""The sources of pictures, maps and sounds, their build, and access to the built files."""
