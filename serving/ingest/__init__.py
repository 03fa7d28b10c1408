"""From a pipeline's comments to the store: masking, identity, outcome of each."""
