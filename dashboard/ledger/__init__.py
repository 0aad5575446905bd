"""What was spent and unlocked, and the budgets that every paid request passes."""
