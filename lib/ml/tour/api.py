"""API clean-up: the functions of this lesson."""

import functools

import tensorflow as tf
from tensorflow.tools.compatibility.all_renames_v2 import symbol_renames


def one_name_to_its_leaf(name):
    thing, path = tf, "tf"
    for part in name.split(".")[1:]:
        path += "." + part
        if not hasattr(thing, part):
            print(path, "is gone")
            break
        thing = getattr(thing, part)
        print(path, "is there:", type(thing).__name__)
    print("TensorFlow's own table:", symbol_renames.get(name, "no new name"))


def names_of_the_notes():
    for name in ("tf.Session", "tf.control_dependencies", "tf.global_variables_initializer", "tf.placeholder"):
        part = name.removeprefix("tf.")
        here = "still there" if hasattr(tf, part) else "gone"
        moved = "there" if hasattr(tf.compat.v1, part) else "gone"
        print(f"{name}: {here}; tf.compat.v1.{part}: {moved}")


def every_renamed_name():
    def there(name):
        try:
            functools.reduce(getattr, name.split(".")[1:], tf)
        except AttributeError:
            return False
        return name.startswith("tf.")  # contrib_data and the like stood for parts of tf.contrib

    old = [there(name) for name in symbol_renames]
    new = [there(name) for name in symbol_renames.values()]
    print(len(old), "names have a new one")
    print(old.count(False), "of the old names are gone")
    print(new.count(False), "of the new names are gone as well")
    return {
        "old": list(symbol_renames),
        "old is": ["there" if here else "gone" for here in old],
        "new": list(symbol_renames.values()),
        "new is": ["there" if here else "gone" for here in new],
    }


def a_new_name_that_refuses():
    print("the table:", symbol_renames["tf.keras.optimizers.Adam"])
    print("the old one:", type(tf.keras.optimizers.Adam()).__name__)
    print("the new one:")
    tf.keras.optimizers.legacy.Adam()
