"""Answers to questions that keep coming back."""
