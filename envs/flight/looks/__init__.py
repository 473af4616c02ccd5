"""How a floor looks: textures, colours, light, camera."""
