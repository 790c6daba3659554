"""Where cameras and their analytics come from."""
