"""Running as a service: how it is installed, watched and kept alive."""
