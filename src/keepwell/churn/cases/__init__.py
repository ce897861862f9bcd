"""Save cases: accounts that a list put at risk, in an arm that a draw decided, until their horizon ends; contacts and outcomes."""
