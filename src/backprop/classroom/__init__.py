"""For readers and courses: figures and what goes with them. The core never imports it."""
