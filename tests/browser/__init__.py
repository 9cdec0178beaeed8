"""A reader's browser, which visits the pages of a built site once and notes what it finds."""
