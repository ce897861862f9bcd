"""How customers use the game: named players one by one, organisations by the day."""
