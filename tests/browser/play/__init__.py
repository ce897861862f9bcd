"""The Play page in a browser."""
