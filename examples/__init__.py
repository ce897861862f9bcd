"""What the documents show, kept where tests run it."""
