"""Answers as files that installers read, and such files read back."""
