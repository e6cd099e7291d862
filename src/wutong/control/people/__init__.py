"""The registers everything else trusts: persons and their source records, providers, professionals, accounts, tokens."""
