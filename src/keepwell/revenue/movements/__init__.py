"""The movements of accounts: the rows behind every figure."""
