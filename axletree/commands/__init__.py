"""The verbs of the command line, in rooms.

The order: verbs, keeping, results, builds, fast, sources, options, line.
"""
