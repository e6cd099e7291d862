"""What is asked: made up by chance, over every operation of the CapabilityStatement and every page."""
