"""The registers everything else trusts: persons and source records, providers, professionals, accounts."""
