"""The people plane: accounts, sign-in, consent, the registers and the pages. It never imports the record plane."""
