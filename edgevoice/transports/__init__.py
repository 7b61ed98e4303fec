"""Where sound comes from and goes to. Everything odd about a device stays inside its transport."""
