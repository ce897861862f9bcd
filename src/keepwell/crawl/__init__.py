"""Reads the websites that matter to an account, politely, and says what they show."""
