"""The ecosystem around a trained network: the functions of this lesson."""

import ctypes
import json
import tempfile
import warnings
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow.keras import Sequential
from tensorflow.keras.initializers import GlorotUniform
from tensorflow.keras.layers import Conv2D, Dense, Flatten, Input


def digits(count, seed):
    """Digits as on a clock, of seven bars, moved and with noise: images (count, 28, 28, 1), labels (count,)."""
    bars = {
        "top": np.s_[6:9, 10:22],
        "upper left": np.s_[6:17, 10:13],
        "upper right": np.s_[6:17, 19:22],
        "middle": np.s_[14:17, 10:22],
        "lower left": np.s_[14:25, 10:13],
        "lower right": np.s_[14:25, 19:22],
        "bottom": np.s_[22:25, 10:22],
    }
    lit = ("1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011")
    clock = np.zeros([10, 32, 32], np.float32)
    for digit, bits in zip(clock, lit, strict=True):
        for bar, bit in zip(bars.values(), bits, strict=True):
            if bit == "1":
                digit[bar] = 1

    random = np.random.default_rng(seed)
    labels, places = random.integers(0, 10, count), random.integers(0, 5, [count, 2])
    moved = [clock[digit, y : y + 28, x : x + 28] for digit, (y, x) in zip(labels, places, strict=True)]
    images = 0.8 * np.stack(moved) + 0.2 * random.random([count, 28, 28], np.float32)
    return images[..., np.newaxis], labels


def trained_network(filters, learned):
    first_weights = GlorotUniform(seed=1)
    features = Conv2D(filters, 5, strides=2, activation="relu", kernel_initializer=first_weights, name="conv1")
    classes = Dense(10, activation="softmax", kernel_initializer="zeros", name="d2")
    model = Sequential([Input([28, 28, 1], name="image"), features, Flatten(), classes])

    images, labels = digits(learned, seed=0)
    x = np.column_stack([tf.reshape(features(images), [learned, -1]), np.ones(learned)]).astype(np.float64)
    wanted = 12 * np.eye(10)[labels]  # softmax makes nearly 100 % of a 12 among zeros
    solution = np.linalg.solve(x.T @ x + 10 * np.eye(x.shape[1]), x.T @ wanted)  # least squares, kept small
    classes.set_weights([solution[:-1], solution[-1]])
    print(f"a network of {model.count_params():,} weights has learned from {learned:,} digits")
    return model


def how_well_it_reads(filters, learned, count, seed):
    images, labels = digits(count, seed)
    read = trained_network(filters, learned)(images).numpy().argmax(axis=1)
    print(f"it reads {np.sum(read == labels)} of {count} other digits rightly")
    return {"images": images[:8], "labels": labels[:8], "read": read[:8]}


def files_and_signatures(filters, learned):
    with tempfile.TemporaryDirectory() as folder:
        trained_network(filters, learned).export(folder, verbose=False)
        for path in sorted(Path(folder).rglob("*.*")):
            print(f"{path.stat().st_size:8,} bytes  {path.relative_to(folder).as_posix()}")

        loaded = tf.saved_model.load(folder)
        for name, signature in loaded.signatures.items():
            print(f"signature {name!r}")
            for key, spec in signature.structured_input_signature[1].items():
                print(f"    takes   {key!r}: {spec.dtype.name} {spec.shape}")
            for key, spec in signature.structured_outputs.items():
                print(f"    returns {key!r}: {spec.dtype.name} {spec.shape}")


def predict_as_tensorflow_serving(filters, learned, seed):
    images, labels = digits(2, seed)
    request = json.dumps({"signature_name": "serving_default", "instances": images.astype(float).round(2).tolist()})
    print("curl -X POST http://localhost:8501/v1/models/digits:predict -d @request.json")
    print(f"request.json, {len(request):,} characters:\n{request[:180]} ...")

    with tempfile.TemporaryDirectory() as folder:
        trained_network(filters, learned).export(folder, verbose=False)
        asked = json.loads(request)
        signature = tf.saved_model.load(folder).signatures[asked["signature_name"]]
        (output,) = signature(image=tf.constant(asked["instances"], tf.float32)).values()
    answer = {"predictions": output.numpy().astype(float).round(6).tolist()}
    print("the answer:")
    print(json.dumps(answer, indent=1).replace(",\n   ", ", ").replace("[\n   ", "[").replace("\n  ]", "]"))
    print("the largest of each:", np.argmax(answer["predictions"], axis=1), "labels:", labels)


def litert_beside_keras(filters, learned, count, seed):
    model = trained_network(filters, learned)
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.*"))
        signature = tf.saved_model.load(folder).signatures["serving_default"]
        file = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    print(f"SavedModel {size:,} bytes, LiteRT {len(file):,} bytes")

    with warnings.catch_warnings():  # it also has a package of its own by now, ai_edge_litert
        warnings.simplefilter("ignore")
        lite = tf.lite.Interpreter(model_content=file).get_signature_runner()
    images, _ = digits(count, seed)
    ours, theirs = model(images).numpy(), lite(image=images)["output_0"]
    same = np.sum(ours.argmax(axis=1) == theirs.argmax(axis=1))
    print(f"the same class for {same} of {count} digits; largest difference {np.abs(ours - theirs).max():.0e}")

    one, tensor = images[:1], tf.constant(images[:1])
    lite(image=one)
    return {
        "Keras": lambda: model(tensor).numpy(),
        "SavedModel": lambda: signature(image=tensor)["output_0"].numpy(),
        "LiteRT": lambda: lite(image=one)["output_0"],
    }


def event_file(filters, count, seed):
    images, labels = digits(count, seed)
    as_scalar = tf.compat.v1.SummaryMetadata(plugin_data={"plugin_name": "scalars"})
    with tempfile.TemporaryDirectory() as folder:
        with tf.summary.create_file_writer(folder).as_default():
            for learned in (50, 100, 200, 400, 800):
                right = trained_network(filters, learned)(images).numpy().argmax(axis=1) == labels
                tf.summary.write("accuracy", right.mean(dtype=np.float32), step=learned, metadata=as_scalar)
        (path,) = Path(folder).iterdir()
        print(f"{path.name[:19]}... of {path.stat().st_size:,} bytes: tensorboard --logdir <its folder>")
        records = [record.numpy() for record in tf.data.TFRecordDataset(str(path))]

    events = [tf.compat.v1.Event.FromString(record) for record in records]
    print("first record:", events[0].file_version)
    read = [(event.step, tf.make_ndarray(value.tensor)) for event in events for value in event.summary.value]
    for step, value in read:
        print(f"accuracy at {step:3}: {value:.3f}")
    return {"accuracy": [value for _, value in read]}


def weights_for_a_browser(filters, learned, seed):
    model = trained_network(filters, learned)
    images, _ = digits(8, seed)
    weights = {variable.path.partition("/")[2]: variable.numpy() for variable in model.weights}
    for name, values in weights.items():
        print(f"{name:13} {values.nbytes:6,} bytes, {values.shape}")
    return {"images": images, "probabilities": model(images), **weights}


def called_from_c(filters, learned, seed):
    found = [*Path(tf.sysconfig.get_lib()).glob("libtensorflow_cc.*")]
    if not found:
        print("TensorFlow's package for this system brings no library for C.")
        return
    c, pointer = ctypes.CDLL(str(found[0])), ctypes.c_void_p
    for name in ("NewStatus", "NewGraph", "NewSessionOptions", "LoadSessionFromSavedModel", "GraphOperationByName"):
        getattr(c, f"TF_{name}").restype = pointer
    c.TF_AllocateTensor.restype = c.TF_TensorData.restype = pointer
    c.TF_Version.restype = c.TF_Message.restype = ctypes.c_char_p
    print("TF_Version():", c.TF_Version().decode())

    class Output(ctypes.Structure):
        _fields_ = (("operation", pointer), ("index", ctypes.c_int))

    images, _ = digits(2, seed)
    model = trained_network(filters, learned)
    status, graph, options = pointer(c.TF_NewStatus()), pointer(c.TF_NewGraph()), pointer(c.TF_NewSessionOptions())
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        file = SavedModel.FromString(Path(folder, "saved_model.pb").read_bytes())
        tags = (ctypes.c_char_p * 1)(b"serve")
        session = pointer(c.TF_LoadSessionFromSavedModel(options, None, folder.encode(), tags, 1, graph, None, status))
    print("TF_LoadSessionFromSavedModel:", c.TF_Message(status).decode() or "OK")
    if c.TF_GetCode(status):
        return

    def place(tensor):
        operation, _, index = tensor.name.partition(":")
        return ctypes.byref(Output(c.TF_GraphOperationByName(graph, operation.encode()), int(index)))

    signature = file.meta_graphs[0].signature_def["serving_default"]
    ((_, takes),), ((_, returns),) = signature.inputs.items(), signature.outputs.items()
    shape = (ctypes.c_int64 * 4)(*images.shape)
    given, result = pointer(c.TF_AllocateTensor(1, shape, 4, ctypes.c_size_t(images.nbytes))), pointer()  # 1: float32
    ctypes.memmove(c.TF_TensorData(given), images.ctypes.data, images.nbytes)
    c.TF_SessionRun(
        *(session, None, place(takes), ctypes.byref(given), 1, place(returns), ctypes.byref(result), 1),
        *(None, 0, None, status),
    )
    print("TF_SessionRun:", c.TF_Message(status).decode() or "OK")
    if not c.TF_GetCode(status):
        answer = np.array((ctypes.c_float * 20).from_address(c.TF_TensorData(result))).reshape(2, 10)
        print(f"largest difference from Python: {np.abs(answer - model(images)).max():.0e}")
        c.TF_DeleteTensor(result)
    c.TF_DeleteTensor(given)
    c.TF_DeleteSession(session, status)
    c.TF_DeleteSessionOptions(options)
    c.TF_DeleteGraph(graph)
    c.TF_DeleteStatus(status)
