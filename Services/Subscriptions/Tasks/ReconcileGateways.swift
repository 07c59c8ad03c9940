import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Nightly: compares our books with the gateways' own lists, page by page (spec 9.9). What an event that never came
/// would have put right is put right; whatever else differs is noted for people.
struct ReconcileGateways: JobTask {
    static let name = "reconcile_gateways"

    let office: Office

    /// A hundred rows a page at about a second each: a night of 50,000 charges in ten minutes.
    var timeout: Duration { .seconds(1_800) }

    func run(_ payload: SubscriptionsJobs.Reconciliation, _ context: JobContext) async throws {
        let now = try await office.read(context) { tx in try await BusinessClock.now(in: tx) }
        // PayPal's search takes 31 days at most.
        let days = Double(min(max(payload.days, 1), 30))
        let window = now.addingTimeInterval(-days * 86_400)..<now.addingTimeInterval(1)
        var tally = ReconciliationTally()
        let subjects = GatewayDifference.Subject.allCases
        let steps = Double(office.payments.all.count * subjects.count)
        var done = 0.0
        for gateway in office.payments.all {
            for subject in subjects {
                try await GatewayComparison(office: office, gateway: gateway, subject: subject, context: context)
                    .run(window, &tally)
                done += 1
                await context.progress(done / steps, "\(gateway.kind.rawValue) \(subject.rawValue)s compared")
            }
        }
        try await office.transaction(context) { [tally] tx in
            try await context.complete(result: tally, in: tx)
        }
    }
}

/// What a reconciliation saw.
struct ReconciliationTally: Encodable, Sendable {
    /// Rows of the gateways' lists.
    var compared = 0
    /// Differences that an applied event would have healed, and that are healed.
    var healed = 0
    /// Differences that are left.
    var different = 0
}
