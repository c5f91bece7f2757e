"""What people see of the command line: poems, findings, and errors said in Chinese."""
