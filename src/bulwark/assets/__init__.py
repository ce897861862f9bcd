"""The sources of pictures, maps and sounds, what builds them, and where the built ones are found."""
