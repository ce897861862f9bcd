"""Exchange rates, by day."""
