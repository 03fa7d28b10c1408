"""Reads comments from CSV, TSV, JSONL and Parquet, and writes predictions to them."""
