"""The door for privacy officers: what happened in the trail, and what waits for them."""
