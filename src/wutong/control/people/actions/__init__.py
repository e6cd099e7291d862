"""The only writers of the registers: one function, one change, with its audit entry."""
