"""A visitor's own digits as values: sets and their files, the printed sheet, plan and result of a fine-tuning."""
