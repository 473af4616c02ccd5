"""What runs on the far side: the zygote, and what it becomes for each program.

Nothing here imports anything but the standard library: these modules are loaded by a bare interpreter.
"""
