"""What visitors see. The only layer, with the pages, that says `st.`; it reads and asks through `lib.runs`.

A room a page (`home`, `train`, `compare`, `draw`), which do not know each other. They stand on `jobs` (runs and studies
in a visitor's hands), that on `widgets` (parts of any page), that on `shell` (the frame, the visitor, the server).
"""
