"""Signed messages to a receiver of the operator's (Standard Webhooks)."""
