"""Code of TensorFlow 1 to try the tool on, for those who have none at hand."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.i18n import mark

SESSION = """\
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 784])
labels = tf.placeholder(tf.int64, [None])
w = tf.get_variable("w", [784, 10], initializer=tf.zeros_initializer())
logits = tf.matmul(x, w)
loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
right = tf.equal(tf.argmax(logits, 1), labels)
accuracy = tf.reduce_mean(tf.to_float(right), keep_dims=False)
with tf.control_dependencies([loss]):
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for images, classes in batches:
        _, value = session.run([train, accuracy], feed_dict={x: images, labels: classes})
"""

LAYERS = """\
import tensorflow as tf
from tensorflow.contrib import slim


def model(features, labels, mode):
    x = tf.layers.conv2d(features, 32, 3, activation=tf.nn.relu)
    x = tf.contrib.layers.flatten(x)
    x = slim.fully_connected(x, 128)
    cell = tf.nn.rnn_cell.LSTMCell(64)
    logits = tf.layers.dense(x, 10)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    step = tf.train.get_global_step()
    train = tf.train.AdamOptimizer().minimize(loss, global_step=step)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)


tf.logging.set_verbosity(tf.logging.INFO)
classifier = tf.estimator.Estimator(model, "/tmp/model")
"""

KERAS = """\
import tensorflow as tf

model = tf.keras.Sequential(
    [
        tf.keras.layers.Flatten(input_shape=(28, 28)),
        tf.keras.layers.Dense(128, activation="relu", kernel_initializer=tf.keras.initializers.he_normal()),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(tf.keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", ["accuracy"])
model.fit(images, classes, epochs=5)
average = tf.reduce_mean(tf.where(images > 0.5))
"""

EXAMPLES: Mapping[str, tuple[str, str]] = {
    "session": (mark("Graph and session"), SESSION),
    "layers": (mark("Layers and estimator"), LAYERS),
    "keras": (mark("Keras, not so old"), KERAS),
}
"""By its code, what it is called and what it is."""
