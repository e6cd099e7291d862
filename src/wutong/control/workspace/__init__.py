"""The door for clinicians: find a person, state why, open the record."""
