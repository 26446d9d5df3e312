"""The values and words of the resolver; nothing is decided here."""
