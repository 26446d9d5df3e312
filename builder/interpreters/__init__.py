"""The Pythons and programs of this machine that builds need.

Doors: `find`, `git_program`, `pip_tools`, `uv_program`.
"""
