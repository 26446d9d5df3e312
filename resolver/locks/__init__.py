"""Answers as files that installers read, and such files read back.

Doors: `difference`, `json_form`, `lines`, `locked`, `plain_pins`, `pylock`, `reading`,
`requirements_txt`, `starting`.
"""
