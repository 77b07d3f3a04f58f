"""The choice of an epoch and a layer of a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.core.training.events import Inside
from lib.runs.model.view import RunView
from lib.ui.shell.language import _
from lib.ui.widgets.choice import choose

EPOCH, CHOSEN, LAYER = "inside_epoch", "inside_chosen", "inside_layer"


def choose_epoch(seen: RunView, epochs: list[int]) -> int:
    """One of `epochs` (not empty, rising): the newest until the visitor chooses another.

    After the newest is chosen again, the choice follows the run.
    """
    chosen = st.session_state.get(CHOSEN)
    epoch = chosen[1] if chosen and chosen[0] == seen.run.id and chosen[1] in epochs else epochs[-1]
    if len(epochs) < 2:
        st.caption(epoch_name(epoch))
        return epoch
    st.session_state[EPOCH] = epoch
    st.select_slider(
        _("Epoch"),
        epochs,
        value=epoch,
        key=EPOCH,
        format_func=epoch_name,
        on_change=note_epoch,
        args=(seen.run.id, epochs[-1]),
    )
    return epoch


def note_epoch(run_id: str, newest: int) -> None:
    """Remembers the epoch just chosen, for this run only."""
    epoch = st.session_state[EPOCH]
    st.session_state[CHOSEN] = None if epoch == newest else (run_id, epoch)


def epoch_name(epoch: int) -> str:
    return _("after epoch {epoch}").format(epoch=epoch) if epoch else _("before the first step")


def inside_of(seen: RunView, known: Callable[[Inside], Any] = lambda inside: True) -> tuple[Inside, Inside] | None:
    """The network at the start and at the chosen epoch, of those where something is `known`; None if none is."""
    by_epoch = {inside.epoch: inside for inside in sorted(seen.insides, key=lambda inside: inside.epoch)}
    epochs = [epoch for epoch, inside in by_epoch.items() if known(inside)]
    if not epochs:
        return None
    return by_epoch[epochs[0]], by_epoch[choose_epoch(seen, epochs)]


def choose_layer(layers: list[str]) -> str:
    """One of the layers with weights; another run may have other layers."""
    return choose(_("Layer"), {layer: layer for layer in layers}, LAYER, lasting=False)
