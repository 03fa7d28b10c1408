"""Topics of a file of comments: reading, choosing, reporting."""
