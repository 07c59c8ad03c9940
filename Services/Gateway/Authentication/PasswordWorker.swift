import NIOPosix
import Persistence

/// Runs scrypt on two threads of its own: the cooperative pool has as many threads as cores and must not be held.
///
/// Two, because the reference machine has two cores; further logins wait in line, and the login limit bounds the line.
final class PasswordWorker: Sendable {
    private let threads = NIOThreadPool(numberOfThreads: 2)
    private let cost: PasswordHash.Cost
    /// What an unknown e-mail address is checked against, so that it takes as long as a known one.
    private let decoy: String

    init(cost: PasswordHash.Cost) throws {
        self.cost = cost
        decoy = try PasswordHash.make("no one's password", cost: cost)
        threads.start()
    }

    func hash(_ password: String) async throws -> String {
        try await threads.runIfActive { [cost] in try PasswordHash.make(password, cost: cost) }
    }

    /// Whether the password fits. A missing hash takes the same time and never fits.
    func verify(_ password: String, against stored: String?) async throws -> Bool {
        try await threads.runIfActive { [decoy] in
            PasswordHash.verify(password, against: stored ?? decoy) && stored != nil
        }
    }

    func isOutdated(_ stored: String) -> Bool { PasswordHash.isOutdated(stored, cost: cost) }

    func stop() async throws { try await threads.shutdownGracefully() }
}
