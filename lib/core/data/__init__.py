"""The datasets: shipped MNIST, Fashion-MNIST, their classes, single pictures, pictures that visitors bring."""
