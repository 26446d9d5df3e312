"""One file a verb: arguments, one call, render."""
