"""What goes back to the sender: the marked copy of his own file."""
