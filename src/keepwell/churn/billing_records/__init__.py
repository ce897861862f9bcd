"""What billing has on record that a training and a list read: problems with payments, and the days on which money moved."""
