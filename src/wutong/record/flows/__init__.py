"""One file per thing that happens; each reads top to bottom like its page in docs/flows/."""
