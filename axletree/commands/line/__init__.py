"""The command line itself: its table, its words, help, and what was mistyped."""
