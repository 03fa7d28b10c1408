"""Reports as Markdown, JSON and tables."""
