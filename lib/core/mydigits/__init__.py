"""A visitor's own digits as values: sets and their files, the printed sheet, the plan and result of a finetuning."""
