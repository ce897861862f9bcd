"""Getting one URL: no address inside, no body without end, failures as values."""
