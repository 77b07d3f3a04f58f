"""Plain values and arithmetic: no TensorFlow, no Streamlit, no database, nothing that waits.

A room a subject, each with the words for it; pyproject.toml has their order. What stands here itself is used by all:
`i18n` (marked texts, catalogues), `errors`, `settings` (what is known of one), `paths`, `numbers`, `statistics`,
`seeds`, and the doors for what comes from outside.
"""
