"""Files, metadata and everything else that is kept, and the way they come in."""
