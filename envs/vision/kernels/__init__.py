"""The compiled parts of the renderer: from a pose to pixels, tile by tile.

Rays are not traced one by one. A tile of pixels passes through short loops over flat arrays, which the compiler turns
into vector instructions; what has to look something up in a table stands in loops of its own, since those stay scalar.
"""
