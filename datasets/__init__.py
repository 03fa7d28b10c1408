"""What a comment is, how it is read and written, and the corpora of labelled ones."""
