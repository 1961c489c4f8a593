"""What the staff do and may see, as the commands, the chat and the console ask for it."""
