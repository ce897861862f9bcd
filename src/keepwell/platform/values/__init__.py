"""Kinds of values that every room reads and checks alike: currencies, e-mail addresses, locales, periods, versions."""
