"""Measurements that are no benchmark of labels: meaning, explanations, integer weights."""
