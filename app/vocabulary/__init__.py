"""The vocabulary: every word that the API speaks, with what it means, for people and programs."""
