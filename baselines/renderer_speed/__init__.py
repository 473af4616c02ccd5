"""How many pictures a second the renderer draws, beside the same loops in C++ and beside other environments' pixels."""
