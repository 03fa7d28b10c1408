"""What a model is worth: metrics, benchmarks, reports, gates."""
