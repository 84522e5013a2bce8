"""The courier's core: claims what is due, tries it through a channel, and journals what came of it."""
