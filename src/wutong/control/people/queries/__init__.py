"""The only readers of the registers: named, with typed results."""
