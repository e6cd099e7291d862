"""One file per thing that happens; each owns its transaction and reads like its page in docs/flows/."""
