"""Requirements in; a resolution, or a conflict with its cause and repairs, out.

Other packages come in by `resolve`, the façade, or by the doors that a room's docstring
names; all else is the room's own business (a test holds it).
"""
