"""Records from Stripe: its objects read, turned into rows, and kept up to date by its events."""
