import JobQueue
import Testing

extension JobQueueTests {
    @Suite struct RetryPolicyTests {
        @Test("waits double up to the longest")
        func doubling() {
            var generator = SystemRandomNumberGenerator()
            let policy = RetryPolicy(maxAttempts: 9, base: .seconds(1), longest: .seconds(10), jitter: 0)
            let waits = (1...6).map { policy.delay(afterAttempt: $0, using: &generator) }
            #expect(waits == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
        }

        @Test("chance keeps what failed together apart, within its share")
        func jitter() {
            var generator = SystemRandomNumberGenerator()
            let waits = (0..<100).map { _ in RetryPolicy.standard.delay(afterAttempt: 3, using: &generator) }
            #expect(Set(waits).count > 90)
            #expect(waits.allSatisfy { $0 >= .seconds(3.2) && $0 <= .seconds(4.8) })
        }
    }
}
