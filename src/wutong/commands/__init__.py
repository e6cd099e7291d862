"""What the `wutong` command does: one module per kind of work; each `run` takes the parsed arguments."""
