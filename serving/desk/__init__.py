"""The review desk: pages for people."""
