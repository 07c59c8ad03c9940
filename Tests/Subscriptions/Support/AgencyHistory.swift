import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing

@testable import Subscriptions

/// A random life of an agency over the real database, tasks and queue, by its seed. The random months of the domain's own
/// tests (`History`) hold the rules to ten thousand; these hold the statements, locks and jobs to the same invariants.
struct AgencyHistory {
    let agency: Agency
    var chance: Chance
    var clients: [Account.ID] = []
    var names = 0
    var events = 0
    var now: Date

    static let zones = [
        "Pacific/Pago_Pago", "Pacific/Kiritimati", "Europe/London", "America/Havana", "Asia/Kathmandu",
        "Australia/Lord_Howe", "Africa/Cairo",
    ]

    init(_ agency: Agency, seed: Int) async throws {
        self.agency = agency
        chance = Chance(seed)
        now = try await agency.transaction { tx in try await BusinessClock.now(in: tx) }
        _ = try await agency.transaction { tx in
            try await tx.query(
                """
                insert into igny8_tax_rates (country, name, rate, valid_from, valid_until)
                values ('GB', 'VAT', 0.2, '2026-01-01', '2026-11-05'), ('GB', 'VAT', 0.175, '2026-11-05', null)
                """
            )
        }
        for _ in 0..<chance.roll(1...2) { try await sell() }
        for _ in 0..<2 { try await sell(to: clients.randomElement(using: &chance)) }
    }

    /// About thirty days: a handful of happenings, the clock moved on by days at once, so that runs are late and catch up.
    mutating func month() async throws {
        let end = now.addingTimeInterval(30 * 86_400)
        while now < end {
            for _ in 0..<chance.roll(0...2) { try await happen() }
            now = now.addingTimeInterval(Double(chance.roll(100_000...700_000)))
            let moment = now
            _ = try await transaction { tx in try await BusinessClock.advance(to: moment, in: tx) }
            if chance.isOne(in: 3) { try await happen() }
            try await agency.settle()
        }
        // What was ordered for a minute from now happens too, and slow banks pay in the end.
        now = now.addingTimeInterval(120)
        let rest = now
        _ = try await transaction { tx in try await BusinessClock.advance(to: rest, in: tx) }
        try await agency.settle()
        for invoice in try await invoices("status = 'pending'") {
            if let number = invoice.number { try await arrive(number) }
        }
        try await agency.settle()
    }

    // MARK: What happens

    mutating func happen() async throws {
        do {
            switch chance.roll(1...16) {
            case 1: try await sell(to: clients.randomElement(using: &chance))
            case 2, 3: try await pauseOrResume()
            case 4: try await cancel()
            case 5...7: try await change()
            case 8, 9: try await credit()
            case 10: try await close { tx, invoice, day in try await Invoices.void(&invoice, on: day, in: tx) }
            case 11: try await close { tx, invoice, day in try await Invoices.writeOff(&invoice, on: day, in: tx) }
            case 12: try await receive()
            case 13: try await move()
            case 14: try await bank()
            case 15: try await tell()
            default: try await again()
            }
        } catch is IllegalTransition {
        } catch is BillingDue {
        } catch is AmountExceedsDue {
        } catch is CreditExceedsInvoice {
        } catch is AttemptUnderWay {
        } catch is MRRError {
            Issue.record("MRR does not add up")
        }
    }

    /// Everything that runs by a schedule, ordered again, twice at once.
    mutating func again() async throws {
        events += 1
        let (count, now) = (Double(events), now)
        try await agency.enqueue(
            SubscriptionsJobs.bill(at: now.addingTimeInterval(-count)),
            SubscriptionsJobs.bill(at: now.addingTimeInterval(-count - 0.5 * 86_400))
        )
        try await agency.enqueue(
            SubscriptionsJobs.earnRevenue(at: now.addingTimeInterval(-count)),
            SubscriptionsJobs.earnRevenue(at: now.addingTimeInterval(-count - 0.5 * 86_400))
        )
    }

    /// Does everything that was ever done once more.
    mutating func replay() async throws {
        try await again()
        for invoice in try await invoices("status <> 'pending'") {
            try await agency.enqueue(
                .collect(invoice.id, of: invoice.accountID, because: "replay"),
                SubscriptionsJobs.followUpInvoice(invoice.id.rawValue, account: invoice.accountID)
            )
        }
        let events = try await transaction { tx in
            try await tx.query("select id from igny8_webhook_events order by id desc")
                .map { row in try row.decode("id", as: Int64.self) }
        }
        for event in events { try await agency.enqueue(SubscriptionsJobs.processWebhook(event)) }
        try await agency.settle()
    }
}
