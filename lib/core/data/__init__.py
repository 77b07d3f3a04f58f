"""The data sets: shipped MNIST, Fashion-MNIST, their classes, single pictures, uploaded pictures."""
