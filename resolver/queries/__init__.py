"""What else is asked of a universe and an answer."""
