"""What a patient allows, to whom, since when; every version kept."""
