"""The parts of `diagnose`: probes, calling what is handed in, matching, and what is said."""
