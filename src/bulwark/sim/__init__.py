"""The deterministic core: integers, the standard library, and nothing that differs between two machines."""
