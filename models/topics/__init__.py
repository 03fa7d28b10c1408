"""Topics: the questions that keep coming back, found, named and followed over time."""
