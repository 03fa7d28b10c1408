"""Baselines beyond those learned from counts: a lexicon, and the untouched encoder."""
