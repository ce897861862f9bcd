"""What leaves the server for addresses that others name: which may be reached, and how their names are looked up."""
