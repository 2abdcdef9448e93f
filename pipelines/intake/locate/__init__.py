"""Raw sheets to the tables of known forms, and whose month they are."""
