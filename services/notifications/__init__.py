"""Who must know of what happened, and the proof that they were told."""
