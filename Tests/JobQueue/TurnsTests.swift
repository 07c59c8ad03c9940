import Testing

@testable import JobQueue

extension JobQueueTests {
    @Suite struct TurnsTests {
        @Test("a tenant with nothing in the list goes to the head, one that fills it to the tail")
        func sparseFirst() {
            var turns = Turns()
            let flood = turns.deal((1...100).map { ($0, 1) }, last: 1, length: 0)
            #expect(flood.head.isEmpty)
            #expect(flood.tail == Array(1...100))
            let next = turns.deal([(101, 1), (102, 2)], last: 2, length: 90)
            #expect(next == Turns.Deal(head: [102], tail: [101]))
            #expect(Set(turns.busy(length: 92)) == [1, 2])
            #expect(turns.busy(length: 0) == [])
            #expect(turns.last == 2)
        }

        @Test("once its hint is through, a tenant is sparse again")
        func sparseAgain() {
            var turns = Turns()
            _ = turns.deal([(1, 7)], last: 7, length: 0)
            _ = turns.deal((2...11).map { ($0, 8) }, last: 8, length: 1)
            // Ten are left of the eleven: the first, tenant 7's, is gone.
            #expect(turns.busy(length: 10) == [8])
            #expect(turns.deal([(12, 7)], last: 7, length: 10).head == [12])
        }

        @Test("the workers' pace goes up at once and down in halves, and a lost counter begins anew")
        func pace() {
            let start = ContinuousClock.now
            var pace = Pace()
            pace.note(1000, at: start)
            pace.note(6000, at: start + .milliseconds(500))
            #expect(pace.perSecond == 10_000)
            #expect(HintWindow.size(capacity: 32, pace: pace.perSecond) == 2000)
            #expect(HintWindow.fastPath(capacity: 32, pace: pace.perSecond) == 1000)
            pace.note(6000, at: start + .milliseconds(550))
            #expect(pace.perSecond == 10_000, "50 ms say nothing")
            pace.note(6000, at: start + .seconds(1))
            #expect(pace.perSecond == 5000)
            pace.note(10, at: start + .seconds(2))
            #expect(pace.perSecond == 5000)
            pace.note(10, at: start + .seconds(3))
            #expect(pace.perSecond == 2500)
        }

        @Test(
            "when every tenant is sparse, at least four of five hints go to the tail: nobody's hint lies there for ever"
        )
        func tailIsReached() {
            var turns = Turns()
            var head = 0
            var tail = 0
            for round in 0..<1000 {
                let deal = turns.deal([(Int64(round), Int64(round))], last: Int64(round), length: 1)
                head += deal.head.count
                tail += deal.tail.count
            }
            #expect(head <= 64 + 1000 / 5)
            #expect(head + tail == 1000)
        }
    }
}
