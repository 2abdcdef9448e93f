"""Bytes to raw cells, in a child process that may die without harm."""
