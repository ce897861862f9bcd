"""Which process may ask which host, and which address."""
