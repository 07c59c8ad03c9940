import Testing

@testable import JobQueue

extension JobQueueTests {
    @Suite struct WakeupTests {
        @Test("a wait ends at its limit, also when the limit has passed before the waiter is there")
        func limit() async {
            await withTaskGroup { group in
                for _ in 0..<16 {
                    group.addTask {
                        let bell = Wakeup()
                        for round in 0..<500 { await bell.wait(upTo: .nanoseconds(round % 50 * 100)) }
                    }
                }
            }
        }

        @Test("a ring while nobody waits is kept, and several are one")
        func kept() async {
            let bell = Wakeup()
            bell.ring()
            bell.ring()
            await bell.wait()
            let second = Task { await bell.wait() }
            second.cancel()
            await second.value
        }
    }
}
