import Foundation

/// Lives a span of business time as a discrete-event run: let everything that is due finish, jump to the next due moment.
///
/// Business time stands still while work is done, so what happens does not depend on how fast the machine is. Broken off
/// at any point it can be run again: it goes on from where the clock stands.
struct Simulation<World: SimulatedWorld> {
    let world: World
    let until: Date
    /// Whether business time runs again afterwards; the demo stops between two clients.
    var releases = true
    /// Without any step for this long, something hangs: a task that waits for machine time to pass (retries back off
    /// for up to a minute or so) or a dead worker.
    var patience: Duration = .seconds(300)

    struct Stalled: Error, CustomStringConvertible {
        let at: Date
        let patience: Duration
        var description: String {
            """
            nothing has come to an end for \(patience.components.seconds) s at business time \
            \(at.formatted(.iso8601)); see `igny8 queue status` and the services' logs. The clock stands still there; \
            run the same command again to go on
            """
        }
    }

    /// - Parameter progress: called at each moment that is lived, with business time.
    /// - Returns: how many moments were lived.
    @discardableResult
    func run(progress: (Date) -> Void = { _ in }) async throws -> Int {
        try await world.freeze()
        var moments = 0
        var now = try await world.now()
        progress(now)
        while true {
            guard let next = try await settle(at: now), next <= until else { break }
            try await world.advance(to: next)
            now = next
            moments += 1
            progress(now)
        }
        if now < until {
            try await world.advance(to: until)
            progress(until)
            _ = try await settle(at: until)
        }
        if releases { try await world.release() }
        return moments
    }

    /// Waits until nothing is under way; gives the next due moment after `now`.
    private func settle(at now: Date) async throws -> Date? {
        let deadline = ContinuousClock.now + patience
        while true {
            switch try await world.outlook() {
            case .quiet(let next?) where next <= now: break  // due, and about to be taken
            case .quiet(let next): return next
            case .busy: break
            }
            if ContinuousClock.now > deadline { throw Stalled(at: now, patience: patience) }
            try await world.pause()
        }
    }
}
