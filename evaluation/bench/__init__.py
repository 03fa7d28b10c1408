"""Speed, memory and size of the product, measured side by side."""
