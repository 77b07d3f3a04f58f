"""tf.keras: the functions of this lesson."""

import inspect
import itertools
import time

import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras.initializers import GlorotUniform
from tensorflow.keras.layers import Dense, Flatten


def names_of_the_notes():
    for name in ("dataset", "models", "metrics", "losses", "callback", "estimator", "optimizer", "layers"):
        written = next((each for each in (name, f"{name}s") if hasattr(tf.keras, each)), None)
        print(f"{name:9}", f"is tf.keras.{written}" if written else "is gone from tf.keras")
    print("tf.estimator is there:", hasattr(tf, "estimator"))
    print("tf.compat.v1.estimator is there:", hasattr(tf.compat.v1, "estimator"))
    for thing in (tf.keras.Model, tf.keras.Sequential, tf.keras.Input):
        print(f"tf.keras.{thing.__name__} is a {type(thing).__name__}")


def names_in(module, prefix=""):
    for name, thing in inspect.getmembers(module):
        if inspect.ismodule(thing) and not name.startswith("_"):
            yield from names_in(thing, f"{prefix}{name}.")
        elif callable(thing) and not name.startswith("_"):
            yield f"{prefix}{name}", thing


def map_of_keras():
    rows = []
    modules = "datasets models layers losses metrics callbacks optimizers"
    for module in f"{modules} applications activations initializers regularizers".split():
        names = list(names_in(getattr(tf.keras, module)))
        print(f"tf.keras.{module:13}{len(names):4} names")
        for name, thing in names:
            first = (inspect.getdoc(thing) or "").split("\n\n")[0]
            rows.append((module, name, str(inspect.signature(thing)), " ".join(first.split())))
    module, name, signature, says = map(list, zip(*rows, strict=True))
    return {"module": module, "name": name, "signature": signature, "says": says}


def losses_by_hand(label, first, second, third):
    logits = np.array([first, second, third])
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    wanted = np.eye(3)[label]  # 1 at the label, 0 elsewhere
    by_hand = {
        "CategoricalCrossentropy": -np.log(p[label]),
        "BinaryCrossentropy": -np.mean(wanted * np.log(p) + (1 - wanted) * np.log(1 - p)),
        "MeanSquaredError": np.mean((p - wanted) ** 2),
        "MeanAbsoluteError": np.mean(np.abs(p - wanted)),
        "Huber": np.mean((p - wanted) ** 2 / 2),  # as no difference is above 1
        "CosineSimilarity": -(p @ wanted) / np.linalg.norm(p),
    }
    print("probabilities:", p.round(4))
    keras = {name: getattr(tf.keras.losses, name)()(wanted[None], p[None]).numpy() for name in by_hand}
    print("by hand   Keras")
    for name, value in by_hand.items():
        print(f"{value:7.4f} {keras[name]:7.4f} {name}")
    print(f"at most {max(abs(value - keras[name]) for name, value in by_hand.items()):.1e} apart")
    return {name: [value, keras[name]] for name, value in by_hand.items()}


def metrics_by_hand(threshold):
    truth = np.array([0, 0, 1, 1, 0, 1])
    scores = np.array([0.12, 0.43, 0.37, 0.81, 0.66, 0.94])
    said = scores > threshold
    hits, alarms, missed = np.sum(said & (truth == 1)), np.sum(said & (truth == 0)), np.sum(~said & (truth == 1))
    by_hand = {
        "BinaryAccuracy": np.mean(said == truth),
        "Precision": hits / max(1, hits + alarms),
        "Recall": hits / (hits + missed),
        "TruePositives": hits,
        "FalsePositives": alarms,
        "FalseNegatives": missed,
    }
    print("by hand   Keras")
    for name, value in by_hand.items():
        key = "threshold" if name == "BinaryAccuracy" else "thresholds"
        metric = getattr(tf.keras.metrics, name)(**{key: threshold})
        metric.update_state(truth, scores)
        print(f"{value:7.4f} {metric.result().numpy().item():7.4f} {name}")


def callbacks_firing(epochs, batches):
    fired = {name: [] for name in dir(tf.keras.callbacks.Callback) if name.startswith("on_")}
    count, began = itertools.count(1), time.perf_counter()

    def hook(name):
        def note(*_, **__):
            fired[name].append([next(count), 1000 * (time.perf_counter() - began)])

        return note

    recorder = type("Recorder", (tf.keras.callbacks.Callback,), {name: hook(name) for name in fired})()
    x = np.linspace(-1, 1, 8 * batches)[:, None]
    model = Sequential([Input([1]), Dense(1, kernel_initializer=GlorotUniform(1))])
    model.compile("sgd", "mse", jit_compile=False)
    model.fit(x, 2 * x, 8, epochs, verbose=0, shuffle=False, callbacks=[recorder], validation_data=(x[:8], 2 * x[:8]))
    for name, moments in fired.items():
        print(f"{name:22} {len(moments):2} times")
    return {name: moments for name, moments in fired.items() if moments}


def input_is_a_symbol(units):
    image = Input([28, 28, 1], name="image")
    print(image)
    outputs = Dense(units, kernel_initializer=GlorotUniform(1))(Flatten()(image))
    print("two layers called on it:", type(outputs).__name__, outputs.shape)
    model = Model(image, outputs)
    print("from it to there is a model:", model(tf.zeros([5, 28, 28, 1])).shape)


def a_symbol_has_no_value():
    tf.square(Input([28, 28, 1], name="image"))


def built_or_not(units):
    with_input = Sequential([Input([4]), Dense(units, kernel_initializer=GlorotUniform(1))])
    without = Sequential([Dense(units, kernel_initializer=GlorotUniform(1))])
    print("with Input():        ", len(with_input.weights), "arrays,", with_input.count_params(), "weights")
    print("without:             ", len(without.weights), "arrays, built:", without.built)
    without(tf.zeros([1, 4]))
    print("after its first call:", len(without.weights), "arrays,", without.count_params(), "weights")
