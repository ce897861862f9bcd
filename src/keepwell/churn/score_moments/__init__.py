"""What an account's scores said that was new, list by list: a part of its timeline."""
