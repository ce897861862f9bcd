"""How much of what can be known about who leaves the model knows, judged against the sample's true probabilities."""
