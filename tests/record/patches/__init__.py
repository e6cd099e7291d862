"""FHIRPath Patch by itself."""
