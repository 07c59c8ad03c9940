// Filled by the first commit that needs this room.
