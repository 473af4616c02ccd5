"""A small language of the suite's own: programs are generated, run and changed in it, and written out in any other."""
