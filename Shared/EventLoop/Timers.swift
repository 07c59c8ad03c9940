import HeapModule

/// The timers of one loop: a heap by deadline. A cancelled one stays in the heap, without a body, until it comes up.
struct Timers {
    private struct Entry: Comparable {
        let deadline: ContinuousClock.Instant
        let id: Int

        static func < (one: Entry, other: Entry) -> Bool {
            (one.deadline, one.id) < (other.deadline, other.id)
        }
    }

    private var heap = Heap<Entry>()
    private var bodies: [Int: () -> Void] = [:]
    private var last = 0

    mutating func add(at deadline: ContinuousClock.Instant, _ body: @escaping () -> Void) -> Int {
        last += 1
        bodies[last] = body
        heap.insert(Entry(deadline: deadline, id: last))
        return last
    }

    mutating func cancel(_ id: Int) {
        bodies[id] = nil
        dropCancelled()
        // Many short waits with long limits would otherwise fill the heap with the dead.
        if heap.count > 2 * bodies.count + 64 {
            heap = Heap(heap.unordered.filter { bodies[$0.id] != nil })
        }
    }

    /// When the loop must wake up at the latest.
    var nextDeadline: ContinuousClock.Instant? { heap.min?.deadline }

    /// Takes out the earliest timer that is due.
    mutating func popDue(at now: ContinuousClock.Instant) -> (() -> Void)? {
        while let entry = heap.min, entry.deadline <= now {
            heap.removeMin()
            if let body = bodies.removeValue(forKey: entry.id) { return body }
        }
        return nil
    }

    private mutating func dropCancelled() {
        while let entry = heap.min, bodies[entry.id] == nil { heap.removeMin() }
    }
}
