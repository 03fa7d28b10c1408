"""The base encoder: where its weights and tokenizer come from."""
