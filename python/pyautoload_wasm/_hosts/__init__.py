"""Programs that other people run us in."""
