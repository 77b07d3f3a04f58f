"""Accelerators and TPU."""

from __future__ import annotations

from statistics import median

from lib.core.i18n import Translate, mark
from lib.core.settings import Setting
from lib.core.tour.lesson import Answer, Lesson, Varied
from lib.core.tour.outputs import Outputs


def truth(outputs: Outputs, _: Translate) -> str:
    """What a TPU would have been asked, and what mirroring brought."""
    mirrored = "mirrored_in_its_own_process"
    losses = [outputs.array(mirrored, f"losses_{way}") for way in ("alone", "mirrored")]
    alone, together = (median(map(float, outputs.array(mirrored, f"ms_{way}"))) for way in ("alone", "mirrored"))
    if error := outputs.error("connect_to_a_tpu"):
        found = _("on this machine there is none: `{error}`").format(error=error.splitlines()[0].rstrip("."))
    else:
        found = _("on this machine: {text}").format(text=outputs.text("connect_to_a_tpu").strip())
    if together < alone:
        brought = _("Spread over logical CPUs, a step takes {together:.2g} ms instead of {alone:.2g} ms")
    else:
        brought = _(
            "Spread over logical CPUs of one processor it is no faster: {together:.2g} ms a step for {alone:.2g} ms"
        )
    text = _(
        "The notes name support for TPUs; {found}. The same kind of strategy runs here on logical CPUs. {brought}, and "
        "its losses differ by at most {apart:.5f}."
    )
    brought = brought.format(together=together, alone=alone)
    return text.format(found=found, brought=brought, apart=abs(losses[0] - losses[1]).max())


LESSON = Lesson(
    code="devices",
    title=mark("Accelerators and TPU"),
    claim=mark("TensorFlow 2 supports TPUs, hardware made for machine learning and deep learning."),
    about=mark(
        "TensorFlow runs each operation on a device: where it is told to, or where it finds the fastest one. A "
        "strategy spreads a training step over several devices: each has the same weights and gets a part of the "
        "batch, and the gradients are added up. The code hardly changes, and one processor cut into logical CPUs is "
        "enough to try it. They have to be set before TensorFlow begins, so one function loads it anew in a process of "
        "its own, which takes some seconds. All others answer at once."
    ),
    functions={
        "what_there_is": mark("The devices of this machine"),
        "where_it_ran": mark("Where an operation ran"),
        "product_by_size": mark("One product, by size"),
        "product_by_type": mark("The same product, by type"),
        "losses_on_logical_devices": mark("One processor as several devices: too late here"),
        "mirrored_in_its_own_process": mark("The same in a process of its own"),
        "connect_to_a_tpu": mark("A TPU, where there is one"),
    },
    varied={
        "size": Varied(setting=Setting(label=mark("Rows and columns (`size`)"), kind=int, low=64, high=512), value=256),
        "dtype": Varied(
            setting=Setting(
                label=mark("Type (`dtype`)"),
                kind=str,
                options={name: name for name in ("float64", "float32", "bfloat16", "float16")},
            ),
            value="float32",
        ),
        "replicas": Varied(setting=Setting(label=mark("Logical CPUs (`replicas`)"), kind=int, low=2, high=4), value=2),
    },
    truth=truth,
    question=mark("You cut one processor into four logical CPUs and mirror the training over them. What happens?"),
    answers=(
        Answer(
            text=mark("A step takes a quarter of the time"),
            why=mark(
                "The four share the cores that one device already used. A strategy pays where the devices are real."
            ),
        ),
        Answer(
            text=mark("The losses stay, a step takes longer"),
            why=mark(
                "Right: the parts of the batch add up to the same gradient, and four small operations with a sum cost "
                "more than one large one."
            ),
            right=True,
        ),
        Answer(
            text=mark("The losses change, each device sees fewer images"),
            why=mark(
                "Each divides its loss by the size of the whole batch, and the gradients are added before the weights "
                "change. Set `replicas` to 4 and compare."
            ),
        ),
    ),
    reading={
        mark("Guide: Distributed training with TensorFlow"): "https://www.tensorflow.org/guide/distributed_training",
        mark("Guide: Use a GPU"): "https://www.tensorflow.org/guide/gpu",
        mark("Guide: Use TPUs"): "https://www.tensorflow.org/guide/tpu",
    },
)
