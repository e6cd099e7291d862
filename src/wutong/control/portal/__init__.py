"""The door for patients: who may look, who looked, what they were told."""
