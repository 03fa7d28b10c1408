"""How good topics are: against known intents, beside other ways to find them."""
