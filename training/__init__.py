"""From corpora to an artefact: recipe, data, fine-tuning, calibration, export."""
