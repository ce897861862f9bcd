"""The deterministic core: integers and the standard library only, nothing that differs between two machines."""
