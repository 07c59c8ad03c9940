import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

/// The part of the regression set that needs workers: see `Tests/DomainModel/Billing/RegressionTests.swift`.
@Suite("Months that go wrong elsewhere, with workers") struct RegressionTests {
    @Test("a run that is late by three days bills from the 1st, in order, and is paid as on time")
    func lateByThreeDays() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner", tier: .lite)
            try await agency.live(until: "2026-09-30T20:00:00Z")
            // Nothing runs for three days and four hours.
            _ = try await agency.transaction { tx in
                try await BusinessClock.advance(to: try Date("2026-10-04T00:00:00Z", strategy: .iso8601), in: tx)
            }
            try await agency.settle()
            let invoices = try await agency.invoices(client)
            #expect(invoices.map { $0.served?.from.description } == ["2026-09-17", "2026-10-01"])
            #expect(invoices.allSatisfy { $0.status == .paid })
            #expect(invoices.last?.issuedOn?.description == "2026-10-04")
            // What September had billed is earned, on its last day.
            #expect(invoices.map { $0.earnedOn?.description } == ["2026-09-30", nil])
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a run done twice at once by two workers issues each invoice once and charges it once")
    func twiceAtOnce() async throws {
        try await Agency.open { agency in
            var clients: [TestClient] = []
            for number in 1...4 { clients.append(try await agency.client("c\(number)", tier: .lite)) }
            try await agency.live(until: "2026-09-30T20:00:00Z")
            // The 1st's own run and eight more, all due at the same moment, for two workers with four hands each.
            let first = try Date("2026-09-30T23:00:00Z", strategy: .iso8601)
            for second in 1...8 {
                try await agency.enqueue(SubscriptionsJobs.bill(at: first.addingTimeInterval(-Double(second) / 16)))
                try await agency.enqueue(SubscriptionsJobs.earnRevenue(at: first.addingTimeInterval(Double(-second))))
            }
            try await agency.live(until: "2026-10-01T12:00:00Z")
            for client in clients {
                let invoices = try await agency.invoices(client)
                #expect(invoices.map { $0.served?.from.description } == ["2026-09-17", "2026-10-01"])
            }
            #expect(agency.stripe.debits.count == 8 && agency.stripe.debits.values.allSatisfy { $0 == 1 })
            let earned = try await agency.count(
                "select count(*) from igny8_ledger_entries where kind = 'revenue_earned'"
            )
            #expect(earned == 4)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a client who moves over the date line on the last of the month is billed for the next, once")
    func zoneChangedInMidMonth() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner", tier: .lite, zone: "Pacific/Pago_Pago")
            try await agency.live(until: "2026-10-01T06:00:00Z")
            #expect(try await agency.invoices(client).count == 1, "it is 30 September in Pago Pago")
            try await agency.transaction { tx in
                var account = try #require(try await Accounts.find(client.account, for: Agency.system, in: tx))
                account.timeZoneName = "Pacific/Kiritimati"
                try await Accounts.save(&account, in: tx)
                let soon = try await BusinessClock.now(in: tx).addingTimeInterval(60)
                try await agency.producer.enqueue(SubscriptionsJobs.afterMove(of: client.account, at: soon), in: tx)
            }
            try await agency.live(until: "2026-10-03T12:00:00Z")
            let invoices = try await agency.invoices(client)
            #expect(invoices.map { $0.served?.from.description } == ["2026-09-16", "2026-10-01"])
            #expect(invoices.first?.earnedOn?.description == "2026-09-30")
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a credit larger than what is due pays the next invoices before the card does")
    func creditLargerThanDue() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-10-01T12:00:00Z")
            let october = try #require(try await agency.invoices(client).last)
            try await agency.transaction { tx in
                var invoice = try #require(
                    try await Invoices.find(october.id, for: Agency.system, lock: .forUpdate, in: tx)
                )
                let now = try await BusinessClock.now(in: tx)
                _ = try await CreditNotes.issue(
                    Creditable(invoice.value, less: []).everything(),
                    on: &invoice,
                    reason: "a month without service",
                    at: now,
                    on: CalendarDay(of: now, in: .gmt),
                    in: tx
                )
                var subscription = try #require(
                    try await ManagedSubscriptions.find(client.subscription, for: Agency.system, in: tx)
                )
                subscription.value.changePrice(to: Money(minor: 25_000, currency: .usd))
                try await ManagedSubscriptions.save(&subscription, in: tx)
            }
            try await agency.live(until: "2026-12-01T12:00:00Z")
            let later = try await agency.invoices(client).suffix(2)
            #expect(later.allSatisfy { $0.status == .paid })
            let november = try await agency.payments(later[later.startIndex])
            #expect(november.map(\.kind) == [.wallet] && november.map(\.amount.minor) == [25_000])
            let december = try await agency.payments(later[later.startIndex + 1])
            #expect(december.map(\.kind) == [.wallet, .stripe])
            #expect(december.map(\.amount.minor) == [14_900, 10_100])
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("an upgrade in mid-month plans the articles that the month is short of")
    func upgradePlansMore() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner", tier: .lite)
            try await agency.live(until: "2026-09-24T12:00:00Z")
            let before = try await agency.count("select count(*) from igny8_tasks")
            try await agency.transaction { tx in
                var subscription = try #require(
                    try await ManagedSubscriptions.find(
                        client.subscription,
                        for: Agency.system,
                        lock: .forUpdate,
                        in: tx
                    )
                )
                let account = try #require(try await Accounts.find(client.account, for: Agency.system, in: tx)).value
                let terms = ServiceTerms(
                    tier: .pro,
                    monthlyPrice: Money(minor: 39_900, currency: .usd),
                    articlesPerMonth: 30
                )
                let now = try await BusinessClock.now(in: tx)
                let domain = try #require(Domain(client.domain))
                let change = try await SubscriptionChanges.reckon(
                    subscription.value,
                    to: terms,
                    .now,
                    account: account,
                    domain: domain,
                    at: now,
                    in: tx
                )
                let invoice = try await SubscriptionChanges.apply(
                    change,
                    to: &subscription,
                    account: account,
                    domain: domain,
                    at: now,
                    in: tx
                )
                #expect(invoice?.value.due == change.dueNow)
                try await agency.producer.enqueue(
                    [
                        SubscriptionsJobs.planMonth(subscription.id, account: account.id),
                        SubscriptionsJobs.collectPayment(try #require(invoice).id.rawValue, account: account.id),
                    ],
                    in: tx
                )
            }
            try await agency.live(until: "2026-10-01T12:00:00Z")
            // 14 of 30 days at 10 a month are 5; the last 7 at 30 instead make it 9.
            #expect(before == 5)
            let september = try await agency.count("select count(*) from igny8_tasks where period_start = '2026-09-01'")
            #expect(september == 9)
            #expect(try await agency.invoices(client).allSatisfy { $0.status == .paid })
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }
}
