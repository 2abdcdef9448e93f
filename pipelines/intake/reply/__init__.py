"""What goes back to the sender: his own file with every problem marked in its cell."""
