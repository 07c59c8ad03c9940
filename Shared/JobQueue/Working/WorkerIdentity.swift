/// One life of a worker process at one queue. A worker that was declared dead begins another with a new id.
struct WorkerIdentity: Sendable {
    let id: Int64
    let queue: String

    /// A random id is never used twice, whatever the database has forgotten. Positive, to be read easily.
    init(queue: String) {
        id = .random(in: 1...Int64.max)
        self.queue = queue
    }
}
