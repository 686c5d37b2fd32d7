"""The administrator's commands: each module declares its arguments and runs them."""
