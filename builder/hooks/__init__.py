"""The hooks of a build backend (PEP 517), and what they need to run.

Doors: `build_system`, `environment`, `frontend`, `resolved_requirements`, `workshop`.
"""
