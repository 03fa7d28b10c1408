"""From a trained network to an artefact: graph, quantisation, gate, card."""
