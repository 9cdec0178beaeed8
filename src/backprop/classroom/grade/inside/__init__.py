"""What stands inside of the sandbox, where the package does not."""
