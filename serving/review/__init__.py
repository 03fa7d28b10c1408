"""The moderators' work: queue, claims, decisions, undo, second opinions."""
