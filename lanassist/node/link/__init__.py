"""Links to other nodes: accepting, dialling, keeping alive, cutting off; and the channels for media."""
