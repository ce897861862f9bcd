"""The changes feed: which records have changed, in the order in which the changes were committed."""
