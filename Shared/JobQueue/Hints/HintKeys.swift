/// The Redis keys of one queue. The braces are a hash tag: all of them live in one slot of a cluster, as scripts need.
package struct HintKeys: Sendable {
    /// Hints; the right end is the head. KEDA scales on its length.
    package let ready: String
    /// The workers that may have a claimed list.
    let workers: String
    /// Worker → how many jobs it runs; only busy workers are in it. KEDA keeps as many replicas as it has fields.
    package let busy: String
    /// A random word that only we write: gone or changed means that Redis has forgotten things.
    let epoch: String
    /// The length of the list up to which new jobs are hinted at once; longer, they wait for the relay, which is fair.
    let fastPath: String
    /// How many hints were ever taken in batches; the relay measures by it how fast the workers are.
    let taken: String
    /// When memory began, in microseconds: set with each epoch.
    let began: String
    /// Followed by a limit's key: its rate limiter.
    let limiterPrefix: String
    /// Followed by a worker's id: hints it has taken but not yet claimed.
    let claimedPrefix: String
    /// Followed by a worker's id: exists while the worker does, with a time to live.
    let presencePrefix: String

    package init(queue: String) {
        let base = "jq:{\(queue)}:"
        ready = base + "ready"
        workers = base + "workers"
        busy = base + "busy"
        epoch = base + "epoch"
        fastPath = base + "fast"
        taken = base + "taken"
        began = base + "began"
        limiterPrefix = base + "rl:"
        claimedPrefix = base + "claimed:"
        presencePrefix = base + "w:"
    }

    func limiter(_ key: String) -> String { limiterPrefix + key }
    func claimed(_ worker: Int64) -> String { claimedPrefix + String(worker) }
    func presence(_ worker: Int64) -> String { presencePrefix + String(worker) }
}
