"""The customers: kinds, names, contacts, and when each signed up."""
