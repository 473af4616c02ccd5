"""The critic's side of ArCHer: replayed conversations, and what every utterance in them is worth."""
