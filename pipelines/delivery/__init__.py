"""What leaves the house by itself every month: the bulletin and the reminders, into a folder and by e-mail."""
