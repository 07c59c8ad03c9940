import DomainModel
import Foundation
import Persistence
import Postgres

extension Office {
    /// Whether the gateway may have forgotten an attempt's key (spec 9.7). Keys die by the gateway's clock: that is
    /// machine time, and in a simulation the business clock; whichever has gone further counts.
    func isKeyOver(of payment: Payment, in tx: PostgresTransaction) async throws -> Bool {
        guard let sentAt = payment.sentAt else { return false }
        return try await isKeyOver(at: payment.kind, sentAt: sentAt, createdAt: payment.createdAt, in: tx)
    }

    /// - Parameters:
    ///   - sentAt: machine time of the first call.
    ///   - createdAt: business time, at or before it.
    func isKeyOver(
        at provider: PaymentMethodKind,
        sentAt: Date,
        createdAt: Date,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        let life = try payments[provider].keyLife
        let lived = max(
            try await machineTime(tx).timeIntervalSince(sentAt),
            try await BusinessClock.now(in: tx).timeIntervalSince(createdAt)
        )
        return lived >= life
    }
}
