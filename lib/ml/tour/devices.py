"""Accelerators and TPU: the functions of this lesson."""

import json
import os
import subprocess
import sys
from time import perf_counter_ns

import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential
from tensorflow.keras.initializers import GlorotUniform
from tensorflow.keras.layers import Dense, Input

FRESH = __name__ == "fresh"  # whether `in_a_process_of_its_own` has opened this file


def in_a_process_of_its_own(function, *values, seconds=300):
    call = f"import runpy; runpy.run_path({__file__!r}, run_name='fresh')[{function.__name__!r}](*{values!r})"
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}  # a GPU's memory belongs to this process
    try:
        done = subprocess.run(
            [sys.executable, "-c", call], env=environment, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"no answer within {seconds} s") from None
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return done.stdout


def what_there_is():
    for device in tf.config.list_physical_devices():
        details = tf.config.experimental.get_device_details(device)
        print("physical:", device.name, *details.values())
    for device in tf.config.list_logical_devices():
        print("logical: ", device.name)


def where_it_ran():
    x = tf.ones([2, 2])
    print("not told where:     ", tf.matmul(x, x).device)
    with tf.device("CPU:0"):
        print("told CPU:0:         ", tf.matmul(x, x).device)
    with tf.device("GPU:7"):  # there is hardly a machine with eight
        print("GPU:7, softly:      ", tf.matmul(x, x).device)

    softly = tf.config.get_soft_device_placement()
    tf.config.set_soft_device_placement(False)
    try:
        with tf.device("GPU:7"):
            print("GPU:7, strictly:    ", tf.matmul(x, x).device)
    finally:
        tf.config.set_soft_device_placement(softly)


def product_by_size(dtype):
    def product_of(size):
        x = tf.cast(tf.random.stateless_uniform([size, size], seed=[1, 2]), dtype)
        return lambda: tf.matmul(x, x).numpy()

    for size in (64, 128, 256, 512):
        print(f"{size:4} x {size:3}: {2 * size**3 / 1e6:6.1f} million operations, {dtype}")
    return {f"{size} x {size}": product_of(size) for size in (64, 128, 256, 512)}


def product_by_type(size):
    x = tf.random.stateless_uniform([size, size], seed=[1, 2], dtype=tf.float64)
    exact = tf.matmul(x, x).numpy()

    def product_of(dtype):
        y = tf.cast(x, dtype)
        return lambda: tf.matmul(y, y).numpy()

    ways = {dtype: product_of(dtype) for dtype in ("float64", "float32", "bfloat16", "float16")}
    for dtype, product in ways.items():
        apart = np.abs(product().astype(np.float64) - exact) / exact
        print(f"{dtype:9} {tf.as_dtype(dtype).size} bytes a number, off by at most {apart.max():.1e}")
    return ways


def losses_on_logical_devices(replicas):
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * replicas)
    random = np.random.default_rng(7)
    batches = tf.data.Dataset.from_tensors((random.random([48, 784], np.float32), random.integers(0, 10, 48)))

    def train(strategy):
        with strategy.scope():  # every variable made in here lies on each device
            first_weights = GlorotUniform(seed=1)
            hidden = Dense(64, activation="relu", kernel_initializer=first_weights)
            model = Sequential([Input([784]), hidden, Dense(10, kernel_initializer=first_weights)])
            optimizer = tf.keras.optimizers.SGD(0.05)
            loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)

        def part_of_a_step(images, labels):
            with tf.GradientTape() as tape:
                losses = loss_of(labels, model(images))
                loss = tf.nn.compute_average_loss(losses, global_batch_size=48)  # not that of the part
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))  # adds up all parts
            return loss

        @tf.function
        def step(images, labels):
            return strategy.reduce("SUM", strategy.run(part_of_a_step, (images, labels)), axis=None)

        losses, times = [], []
        for batch in strategy.experimental_distribute_dataset(batches.repeat(20)):
            began = perf_counter_ns()
            losses.append(float(step(*batch)))
            times.append((perf_counter_ns() - began) / 1e6)
        return losses, times[1:]  # the first step traces

    devices = [f"CPU:{number}" for number in range(replicas)]
    found = {"alone": train(tf.distribute.OneDeviceStrategy(devices[0]))}
    found["mirrored"] = train(tf.distribute.MirroredStrategy(devices))
    print(json.dumps(found))


def mirrored_in_its_own_process(replicas):
    found = json.loads(in_a_process_of_its_own(losses_on_logical_devices, replicas))
    (alone, ms_alone), (mirrored, ms_mirrored) = found["alone"], found["mirrored"]
    apart = np.abs(np.subtract(alone, mirrored)).max()
    print(f"{replicas} logical CPUs, {len(alone)} steps; losses differ by at most {apart:.5f}")
    return {"losses_alone": alone, "losses_mirrored": mirrored, "ms_alone": ms_alone, "ms_mirrored": ms_mirrored}


def connect_to_a_tpu():
    if not FRESH and {"TPU_NAME", "TPU_CONFIG", "KUBE_GOOGLE_CLOUD_TPU_ENDPOINTS"} & os.environ.keys():
        print(in_a_process_of_its_own(connect_to_a_tpu, seconds=30))  # connecting starts TensorFlow anew
        return
    resolver = tf.distribute.cluster_resolver.TPUClusterResolver()  # asks nobody where no TPU is named
    tf.config.experimental_connect_to_cluster(resolver)
    tf.tpu.experimental.initialize_tpu_system(resolver)
    strategy = tf.distribute.TPUStrategy(resolver)
    print(f"a TPU of {strategy.num_replicas_in_sync} cores; its scope is used like that of MirroredStrategy")
