"""What each command does between parsing and showing: read, call the library, show or write."""
