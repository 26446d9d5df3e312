"""The Pythons and programs of this machine that builds need.

Doors: `find`, `pip_tools`, `uv_program`.
"""
