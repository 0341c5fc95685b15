"""The rules, cut by noun; `engines/` is the only part that touches a socket, a file or a clock."""
