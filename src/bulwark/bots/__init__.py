"""The players who are not there: bots that play matches, and a population that plays, pauses and leaves."""
