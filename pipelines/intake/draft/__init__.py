"""Drafts that people hand in to be checked: read and marked in the guarded child like spreadsheets, since they are as little to be trusted."""
