import Testing

/// Each test of the queue has a database and a queue of its own.
@Suite(.timeLimit(.minutes(1)))
struct JobQueueTests {}
