import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite struct CollectionTests {
    @Test("an empty account is tried on days 0, 1, 3, 5, 7, 10, 12 and 14, each with a mail; then the service pauses")
    func dunning() async throws {
        try await Agency.open { agency in
            agency.stripe.set("pm_card_1", .declines("insufficient_funds"))
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-30T22:00:00Z")
            let flags = try await agency.openFlags(client)
            #expect(flags == [.paymentFailed])
            #expect(try await agency.subscription(client).status == .active)
            try await agency.live(until: "2026-10-03T12:00:00Z")
            let invoice = try #require(try await agency.invoices(client).first)
            let attempts = try await agency.payments(invoice)
            let london = try #require(TimeZone(identifier: "Europe/London"))
            let first = try #require(attempts.first.map { CalendarDay(of: $0.createdAt, in: london) })
            #expect(
                attempts.map { first.days(until: CalendarDay(of: $0.createdAt, in: london)) } == [
                    0, 1, 3, 5, 7, 10, 12, 14,
                ]
            )
            #expect(Set(attempts.map(\.idempotencyKey)).count == 8)
            #expect(agency.postman.count("We could not charge invoice IG-2026-000001") == 8)
            #expect(agency.postman.count("The service for banner.example is paused") == 1)
            #expect(try await agency.subscription(client).status == .paused)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a new card is charged at once, and the service that was paused for want of payment goes on")
    func newCard() async throws {
        try await Agency.open { agency in
            agency.stripe.set("pm_card_1", .declines("insufficient_funds"))
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-10-03T12:00:00Z")
            #expect(try await agency.subscription(client).status == .paused)
            try await agency.addCard("pm_new", of: client)
            try await agency.settle()
            #expect(try await agency.invoices(client).allSatisfy { $0.status == .paid })
            #expect(try await agency.subscription(client).status == .active)
            #expect(try await agency.openFlags(client).isEmpty)
            #expect(agency.postman.count("The service for banner.example goes on") == 1)
            #expect(agency.stripe.debits.values.allSatisfy { $0 == 1 })
            try await agency.live(until: "2026-11-02T12:00:00Z")
            #expect(try await agency.invoices(client).count == 3)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a stolen card is not tried again: the client is asked to act, and after two weeks the service pauses")
    func hardDecline() async throws {
        try await Agency.open { agency in
            agency.stripe.set("pm_card_1", .declines("stolen_card"))
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-30T12:00:00Z")
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(try await agency.payments(invoice).count == 1)
            #expect(agency.postman.count("Please act: invoice IG-2026-000001") == 1)
            try await agency.live(until: "2026-10-02T12:00:00Z")
            #expect(try await agency.subscription(client).status == .paused)
            #expect(agency.postman.count("is paused") == 1)
            try await agency.expectBalancedBooks()
        }
    }

    @Test("a hard decline ends what a soft one has planned: the stolen card is not tried on the next planned day")
    func hardAfterSoft() async throws {
        try await Agency.open { agency in
            agency.stripe.set("pm_card_1", .declines("insufficient_funds"))
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-18T12:00:00Z")
            agency.stripe.set("pm_stolen_1", .declines("stolen_card"))
            try await agency.addCard("pm_stolen", of: client)
            try await agency.settle()
            let invoice = try #require(try await agency.invoices(client).first)
            let before = try await agency.payments(invoice).count
            #expect(agency.postman.count("Please act: invoice IG-2026-000001") == 1)
            try await agency.live(until: "2026-09-30T12:00:00Z")
            #expect(try await agency.payments(invoice).count == before)
            try await agency.live(until: "2026-10-02T12:00:00Z")
            #expect(try await agency.subscription(client).status == .paused)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("without any method the client is asked to pay, once")
    func noMethod() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner", card: nil)
            try await agency.live(until: "2026-09-20T12:00:00Z")
            #expect(agency.postman.count("is due on 2026-10-01") == 1)
            let flags = try await agency.openFlags(client)
            #expect(flags == [.paymentFailed])
            try await agency.addCard("pm_late", of: client)
            try await agency.settle()
            #expect(try await agency.invoices(client).first?.status == .paid)
            #expect(agency.stripe.customers == 1)
            try await agency.expectBalancedBooks()
        }
    }

    @Test("a charge whose answer was lost is found by asking, and the money is taken once")
    func lostAnswer() async throws {
        try await Agency.open { agency in
            agency.stripe.fail(.lostAnswer)
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(invoice.status == .paid)
            #expect(try await agency.payments(invoice).map(\.status) == [.succeeded])
            #expect(agency.stripe.debits == ["IG-2026-000001": 1])
            try await agency.expectBalancedBooks()
        }
    }

    @Test("a refusal is no proof that no money moved: it is asked for before the attempt is given up")
    func refusal() async throws {
        try await Agency.open { agency in
            agency.stripe.fail(.refusal)
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(try await agency.payments(invoice).map(\.status) == [.succeeded])
            #expect(agency.stripe.debits == ["IG-2026-000001": 1])
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a provider that fails on its side gets a new attempt under a new key, which is no step of the dunning")
    func keySpent() async throws {
        try await Agency.open { agency in
            agency.stripe.fail(.unavailable, .keySpent)
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(invoice.status == .paid && invoice.firstFailedAt == nil)
            #expect(try await agency.payments(invoice).map(\.status) == [.cancelled, .succeeded])
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("collecting what is paid does nothing, however often")
    func again() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let invoice = try #require(try await agency.invoices(client).first)
            let calls = agency.stripe.calls
            for round in 0..<5 {
                try await agency.enqueue(.collect(invoice.id, of: client.account, because: "again:\(round)"))
            }
            try await agency.settle()
            #expect(agency.stripe.calls == calls)
            #expect(agency.postman.count("Receipt") == 1)
            try await agency.expectBalancedBooks()
        }
    }

    @Test("mails wait for a server that is busy, and give up on one that refuses")
    func mail() async throws {
        try await Agency.open { agency in
            agency.postman.fail(.unavailable("421"), .refused("550 no such user"))
            let client = try await agency.client("banner", isConnected: false)
            try await agency.settle()
            #expect(agency.postman.taken.isEmpty)
            let states = try await agency.count("select count(*) from igny8_emails where status = 'failed'")
            #expect(states == 1)
            try await agency.connect(client)
            try await agency.onboard(client)
            try await agency.live(until: "2026-09-17T12:00:00Z")
            #expect(Set(agency.postman.taken.map(\.messageID)).count == agency.postman.taken.count)
            #expect(agency.postman.taken.allSatisfy { !$0.messageID.contains("<") && $0.html.contains("<html") })
            try await agency.expectNoDeadJobs()
        }
    }
}
