"""What a finished wheel must stand, and its bytes written anew.

Doors: `abi_pins`, `inspection`, `installation`, `platform_needs`, `platform_tag`, `trying`,
`wheel_archive`.
"""
