"""What happens where people pass: codes of all kinds read, readings, passages and visits recorded."""
