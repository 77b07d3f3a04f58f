"""The example, line by line."""

from __future__ import annotations

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs

CURVES = ("without reset_state", "with reset_state")
"""The names under which the loop returns its mean loss after each step."""


def truth(outputs: Outputs, _: Translate) -> str:
    """The last printed line against what its epoch alone brought, and how far softmax and logits lie apart."""
    printed = outputs.text("the_loop").splitlines()[-1]
    fresh = float(outputs.array("the_loop", CURVES[1])[-1])
    lines = outputs.text("softmax_or_logits").splitlines()
    own, small, large = (float(line.split()[-1]) for line in (lines[-3], lines[2], lines[-2]))
    if len(outputs.text("the_loop").splitlines()) == 1:
        found = _("With one epoch there is nothing to forget yet: {fresh:.4f} is right.")
    else:
        found = _("This epoch alone had a mean training loss of {fresh:.4f}: the line averages over all epochs so far.")
    text = _(
        "The notes print a line an epoch. On this machine the last was `{printed}`. {found} With small logits the loss "
        "from `tf.nn.softmax` is at most {small:.2g} away from that of logits, with large ones {large:.2g}; from "
        "Keras' softmax, which the notes use, {own:.2g}."
    )
    return text.format(printed=printed, found=found.format(fresh=fresh), small=small, large=large, own=own)


LESSON = Lesson(
    code="listing",
    title=mark("The example, line by line"),
    claim=mark("A convolutional network learns MNIST in a loop of one's own, and each epoch prints a line."),
    about=mark(
        "The notes' example, cut into parts that run one by one, each with its lines explained. The lines are the "
        "notes', but for three things: 256 images in place of 60,000 and fewer filters, so that you need not wait; "
        "first weights and an order from a fixed seed, so that it comes out the same again; and in the loop a second "
        "mean beside theirs, which is reset in each epoch. With 32 filters it is the notes' network."
    ),
    functions={
        "the_data": mark("The data"),
        "the_channel_axis": mark("The channel axis"),
        "without_the_channel_axis": mark("Without the channel axis"),
        "in_batches": mark("In batches"),
        "the_model": mark("The model"),
        "what_they_compute": mark("Loss, optimizer and metrics"),
        "one_step": mark("The training step"),
        "the_loop": mark("The loop, and the reset that it forgets"),
        "softmax_or_logits": mark("Softmax against logits"),
        "what_training_changes": mark("What `training=` would change"),
    },
    uses={
        "the_data": ("load_data",),
        "in_batches": ("datasets",),
        "the_model": ("MyModel",),
        "what_they_compute": ("loss_and_optimizer", "metrics"),
        "one_step": ("steps",),
    },
    lines={
        "the_data": {
            "(x_train, y_train), (x_test, y_test) = load_data()": mark(
                "images and labels to train and to test with; the notes' `mnist.load_data()` downloads all 70,000."
            ),
            "x_train, x_test = x_train / 255.0, x_test / 255.0": mark(
                "bytes from 0 to 255 become numbers from 0 to 1. NumPy makes them float64; the network casts them to "
                "float32."
            ),
        },
        "the_channel_axis": {
            "x_train = x_train[..., tf.newaxis]": mark(
                "a last axis of length 1: one channel, where a colour picture has three. The numbers stay the same."
            ),
        },
        "without_the_channel_axis": {
            "Conv2D(1, 3": mark("a convolution wants four axes: image, row, column, channel."),
        },
        "in_batches": {
            "from_tensor_slices((x_train, y_train))": mark("a data set of pairs, an image and its label."),
            ".shuffle(10000": mark(
                "a new order in every epoch. The buffer holds 10,000 of the 60,000; here it holds all."
            ),
            ".batch(32)": mark("32 pairs in one: the gradient of a step is the mean over 32 images."),
            "test_ds =": mark("no shuffling: the order does not change what is measured."),
        },
        "the_model": {
            "class MyModel(Model):": mark("a model of one's own, by Keras' `Model`, which finds the layers in it."),
            "super().__init__()": mark("prepares that; the notes write `super(MyModel, self)`, which is the same."),
            "self.conv1 = Conv2D": mark("filters of 3×3 pixels; `relu` makes negative answers 0."),
            "self.flatten = Flatten()": mark("26×26 pixels by filters become one row of numbers."),
            "self.d1 = Dense(128": mark("128 weighted sums of all of them: nearly all weights are here."),
            "self.d2 = Dense(10": mark("one output for each digit; `softmax` makes them positive with the sum 1."),
            "def call(self, x):": mark("what happens to a batch `x`. The weights are made in the first call."),
        },
        "what_they_compute": {
            "loss_object = SparseCategoricalCrossentropy()": mark(
                "minus the logarithm of the right digit's probability, averaged over the batch. Sparse: labels are "
                "numbers, not rows of ten."
            ),
            "optimizer = tf.keras.optimizers.Adam()": mark("moves the weights; its rate is 0.001 unless you say so."),
            "train_loss = tf.keras.metrics.Mean": mark("the mean of all that it was ever called with."),
            "train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy": mark(
                "the share of images whose label has the largest output."
            ),
        },
        "one_step": {
            "@tf.function": mark("makes a graph of the function below; not before its first call."),
            "with tf.GradientTape() as tape:": mark("notes every operation that is done with a weight."),
            "predictions = model(images)": mark("32 rows of ten probabilities."),
            "loss = loss_object(labels, predictions)": mark("one number."),
            "gradients = tape.gradient": mark("the slope of the loss for each of the six arrays of weights."),
            "optimizer.apply_gradients": mark("changes the weights in place."),
            "train_loss(loss)": mark("adds this batch to the mean, and the next line to the accuracy."),
            "return loss": mark("not in the notes: the loop below needs it for its second mean."),
            "def test_step": mark("the same without tape and optimizer: the weights stay as they are."),
        },
        "the_loop": {
            "model(tf.zeros([1, 28, 28, 1]))": mark(
                "makes the weights, and the next line what Adam keeps of each. In the notes the first step makes them, "
                "and `train_step` is traced twice."
            ),
            "for epoch in range(epochs):": mark("the notes have five epochs: they see each image five times."),
            "this_epoch.reset_state()": mark("what the notes forget to do for their four metrics."),
            "for images, labels in train_ds:": mark("one step for each batch, in a new order each time."),
            "for test_images, test_labels in test_ds:": mark("images that no step has learned from."),
            "template = ": mark("the line to print; its Korean words are epoch, loss, accuracy, test."),
            "train_loss.result()": mark("the mean so far: of this epoch and of all before."),
        },
        "softmax_or_logits": {
            "from_logits=True": mark(
                "takes the numbers before the softmax, and computes both in one without a very small probability "
                "in between."
            ),
            "tf.keras.activations.softmax(logits)": mark(
                "Keras' softmax, also that of a layer, remembers its input, and the loss takes that."
            ),
            "tf.nn.softmax(logits)": mark(
                "does not: the loss sees rounded probabilities, none below 0.0000001, so it is never above 16.118."
            ),
            "exponentials = tf.exp(logits)": mark("more than float32 can hold from 88.73 on."),
        },
        "what_training_changes": {
            "Dropout(dropout": mark("while training, this share of the numbers becomes 0, by chance; the rest grows."),
            "model(image, training=training)": mark(
                "`False` (or nothing, in a loop of one's own) leaves Dropout out. The notes' calls say nothing, and "
                "need not: their network has no layer that asks."
            ),
        },
    },
    varied={
        "size": Varied(setting=Setting(label=mark("Training images (`size`)"), kind=int, low=32, high=256), value=256),
        "filters": Varied(setting=Setting(label=mark("Filters (`filters`)"), kind=int, low=1, high=32), value=4),
        "epochs": Varied(setting=Setting(label=mark("Epochs (`epochs`)"), kind=int, low=1, high=5), value=3),
        "scale": Varied(
            setting=Setting(label=mark("How large the logits are (`scale`)"), kind=float, low=2, high=100), value=20.0
        ),
        "dropout": Varied(
            setting=Setting(label=mark("Share that is dropped (`dropout`)"), kind=float, low=0.1, high=0.9, step=0.1),
            value=0.5,
        ),
    },
    truth=truth,
    question=mark("The line of epoch 5 says that the training accuracy is 97 %. What was it in epoch 5 alone?"),
    answers=(
        Answer(
            text=mark("97 %"),
            why=mark("That would need a reset before each epoch. The notes' metrics go on counting from epoch 1."),
        ),
        Answer(
            text=mark("Probably more"),
            why=mark("Right: the weaker first epochs still count. The test line is averaged in the same way."),
            right=True,
        ),
        Answer(
            text=mark("Probably less"),
            why=mark("Only if the network had become worse: the mean of all epochs holds back what is better now."),
        ),
    ),
    reading={
        mark(
            "Tutorial: TensorFlow 2 quickstart for experts"
        ): "https://www.tensorflow.org/tutorials/quickstart/advanced",
        mark("Keras: Probabilistic losses"): "https://keras.io/api/losses/probabilistic_losses/",
        mark("Keras: Dropout layer"): "https://keras.io/api/layers/regularization_layers/dropout/",
    },
)
