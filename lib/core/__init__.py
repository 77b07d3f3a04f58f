"""Plain values and arithmetic: no TensorFlow, no Streamlit, no database, nothing that waits.

Each room covers one subject, including its sentences; pyproject.toml gives their order. All rooms use the modules at
this level: `i18n` (marked texts, catalogues), `errors`, `settings` (the description of a setting), `paths`, `numbers`,
`statistics`, `seeds`, and the checks on values from outside (`incoming`, `untrusted`, `link_params`).
"""
