import Testing

/// Each runs the gateway's API, workers and sandbox over a database of its own: few at once, so that none waits for the
/// others' processors.
@Suite("Money over real HTTP", .serialized) struct MoneyTests {}
