"""Requirements in; a resolution, or a conflict with its cause and repairs, out."""
