# No tests: a file that says nothing must not pass.
