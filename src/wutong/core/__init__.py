"""Words and pure rules that both planes share: no I/O, no database, no web."""
