"""The verbs of the command line, in rooms: verbs, results, fast, sources, options."""
