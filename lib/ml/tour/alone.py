"""Shows on a terminal what the Tour's page shows. Its functions end every file that a visitor takes away."""


def show(function, /, **values):
    """Calls the function, and shows what it returns, how long its ways take, or the error that ended it."""
    print(f"\n--- {function.__name__}({', '.join(f'{name}={value!r}' for name, value in values.items())})")
    try:
        result = function(**values)
    except Exception as error:  # noqa: BLE001 - the lesson shows whatever goes wrong
        print(f"{type(error).__name__}: {error}")
        return
    if isinstance(result, dict) and all(map(callable, result.values())):
        show_times(result)
    elif isinstance(result, dict) and all(map(is_column, result.values())):
        print(*("  ".join(row) for row in zip(*result.values(), strict=True)), sep="\n")
    elif isinstance(result, dict):
        for name, array in result.items():
            print(f"{name}:\n{array}")


def show_times(ways):
    """Shows the median time of a call of every way, and its quartiles."""
    from statistics import quantiles

    for name, each in times_of(ways).items():
        low, median, high = quantiles((time / 1e6 for time in each), n=4)
        print(f"{name}: {median:.3f} ms a call, half of the calls from {low:.3f} to {high:.3f} ms")


def is_column(value):
    """Whether this is a list of texts: a column of a table."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def times_of(ways, repeats=9):
    """Nanoseconds of single calls of every way, one after the other in each round, after a call that does not count.

    Slow ways are called less often, three times at least: nobody is to wait.
    """
    from time import perf_counter_ns

    for call in ways.values():
        call()
    times = {name: [] for name in ways}
    start = perf_counter_ns()
    for done in range(repeats):
        if done >= 3 and perf_counter_ns() - start > 3e8:
            break
        for name, call in ways.items():
            began = perf_counter_ns()
            call()
            times[name].append(perf_counter_ns() - began)
    return times
