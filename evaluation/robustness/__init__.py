"""What changes when people type as they do: perturbed texts, and texts matched by length."""
