"""Corpora of labelled comments: what exists, who may train on it, and how it is read."""
