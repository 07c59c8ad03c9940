import Redis

/// How full a queue's list is, as its producers see it.
struct HintRoom: Sendable {
    let length: Int
    /// Up to this length new jobs are hinted at once. Beyond it they wait for the relay, which is fair.
    let fastPath: Int

    /// A list of which nothing is known: short, and served by a small worker.
    static let unknown = HintRoom(length: 0, fastPath: HintWindow.smallestFastPath)

    init(length: Int, fastPath: Int) {
        self.length = length
        self.fastPath = fastPath
    }

    /// From a reply of two numbers.
    init(_ reply: [RedisValue]?) {
        let numbers = (reply ?? []).map { $0.integer ?? $0.text.flatMap { Int64($0) } ?? 0 }
        length = Int(numbers.first ?? 0)
        fastPath = max(numbers.count > 1 ? Int(numbers[1]) : 0, HintWindow.smallestFastPath)
    }

    /// New jobs that may be hinted at once.
    var free: Int { max(fastPath - length, 0) }
}
