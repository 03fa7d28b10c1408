"""Tests of label quality, one module a benchmark."""
