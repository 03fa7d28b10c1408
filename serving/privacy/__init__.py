"""Masking, pseudonyms, retention, erasure, and what is held on a person."""
