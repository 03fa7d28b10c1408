"""Fixtures shared by the tests of the datasets room."""
