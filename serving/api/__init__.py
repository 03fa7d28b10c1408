"""The HTTP API of ``sedno serve``."""
