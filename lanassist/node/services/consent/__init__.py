"""The agents' own say in being supervised: they are told, asked first, and may pause being watched."""
