"""How people and programs reach the classifier: command line and HTTP."""
