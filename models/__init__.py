"""The taxonomy, the artefact and the run-time classifier: NumPy and ONNX Runtime, never torch."""
