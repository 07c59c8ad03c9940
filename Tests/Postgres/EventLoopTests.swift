import NIOConcurrencyHelpers
import Testing

@testable import EventLoop

/// An actor that lives on a loop.
private actor Resident {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var calls: [String] = []

    init(on loop: EventLoop) { self.loop = loop }

    func note(_ call: String) -> Int {
        loop.checkIsolated()
        calls.append(call)
        return calls.count
    }

    /// Schedules `delays`, in milliseconds, and returns the order in which they came.
    func order(of delays: [Int], cancelling cancelled: Set<Int>) async -> [Int] {
        let fired = NIOLockedValueBox<[Int]>([])
        await withCheckedContinuation { continuation in
            for delay in delays {
                let timer = loop.schedule(after: .milliseconds(delay)) {
                    fired.withLockedValue { $0.append(delay) }
                    if delay == delays.max() { continuation.resume() }
                }
                if cancelled.contains(delay) { loop.cancelTimer(timer) }
            }
        }
        return fired.withLockedValue { $0 }
    }
}

@Suite("The event loop", .timeLimit(.minutes(1)))
struct EventLoopTests {
    @Test("an actor's calls run on the loop's thread, one at a time")
    func actorCalls() async {
        let loop = EventLoop(name: "test")
        let resident = Resident(on: loop)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<1000 { group.addTask { _ = await resident.note("\(number)") } }
        }
        #expect(await resident.note("last") == 1001)
        loop.stop()
    }

    @Test("timers fire by their deadline, cancelled ones never")
    func timers() async {
        let loop = EventLoop(name: "test")
        let order = await Resident(on: loop).order(of: [800, 40, 400, 200, 600], cancelling: [400])
        // A deadline counts from its own call: the thread may stand still for 200 ms between two of them.
        #expect(order == [40, 200, 600, 800])
        loop.stop()
    }

    @Test("a stopped loop still runs what comes late")
    func stop() async {
        let loop = EventLoop(name: "test")
        let resident = Resident(on: loop)
        _ = await resident.note("before")
        loop.stop()
        for number in 2..<50 { #expect(await resident.note("after") == number) }
    }

    @Test("cancelled timers do not pile up")
    func cancelledTimers() {
        var timers = Timers()
        let far = ContinuousClock.now + .seconds(3600)
        for _ in 0..<10_000 { timers.cancel(timers.add(at: far) {}) }
        #expect(timers.nextDeadline == nil)
        let kept = timers.add(at: far) {}
        for _ in 0..<10_000 { timers.cancel(timers.add(at: far + .seconds(1)) {}) }
        #expect(timers.nextDeadline == far)
        #expect(timers.popDue(at: far) != nil)
        timers.cancel(kept)
        #expect(timers.popDue(at: far + .seconds(2)) == nil)
    }
}
