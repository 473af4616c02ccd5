"""Bodies that see through the renderer: one environment, and many of them stepped together."""
