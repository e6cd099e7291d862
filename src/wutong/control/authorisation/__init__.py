"""What a person opened by a one-time code beyond what a profession may see: asked for, given, ended."""
