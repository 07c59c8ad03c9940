import Foundation
import Persistence
import WebClient

/// A simulation on the stack that the settings name, with a bar while it runs.
struct SimulationRun {
    let bench: Workbench
    /// Nil shows nothing: the demo lives minutes only between two clients.
    var bar: ProgressBar? = ProgressBar()

    /// What `igny8 simulate` and the demo share.
    /// - Parameters:
    ///   - until: the end, from where the clock stands now.
    ///   - releases: whether the clock runs again afterwards.
    func live(
        until: (Date) throws -> Date,
        releases: Bool = true
    ) async throws -> (begin: Date, end: Date, moments: Int) {
        try await bench.withStore { store in
            let world = StackWorld(store: store, sandbox: try sandbox())
            try await world.freeze()
            let begin = try await world.now()
            let end = try until(begin)
            guard end > begin else {
                if releases { try await world.release() }
                return (begin, begin, 0)
            }
            let moments = try await Simulation(world: world, until: end, releases: releases).run { now in
                bar?.show(now.timeIntervalSince(begin) / end.timeIntervalSince(begin), now.formatted(.iso8601))
            }
            bar?.finish()
            return (begin, end, moments)
        }
    }

    func sandbox() throws -> StackClient {
        StackClient(
            web: WebClient(loop: bench.loop, logger: bench.logger),
            base: try bench.settings.sandboxURL()
        )
    }
}
