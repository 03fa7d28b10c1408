"""How the model of language identification is made; nothing here is needed to use it."""
