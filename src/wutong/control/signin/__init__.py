"""The door for sign-in, sign-out and tokens."""
