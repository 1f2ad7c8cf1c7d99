"""What one person proposes and another confirms: decisions, their bounds and lead times, accounts that are one."""
