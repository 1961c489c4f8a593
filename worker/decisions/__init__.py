"""What changes of a person mean and what follows from them. Pure: the store and the queues are elsewhere."""
