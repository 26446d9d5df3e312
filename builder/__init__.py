"""Recipe in; a checked, reproducible wheel out."""
