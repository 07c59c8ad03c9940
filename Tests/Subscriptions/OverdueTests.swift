import DomainModel
import Foundation
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite("Invoices past their day", .timeLimit(.minutes(5))) struct OverdueTests {
    @Test("an invoice that waits for a transfer is past due when its day has passed: flag, event, spend guard; once")
    func overdue() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("one", isConnected: false, card: nil)
            try await agency.transaction { tx in
                _ = try await PaymentMethods.add(
                    account: client.account,
                    kind: .bank,
                    providerReference: nil,
                    displayName: "Bank transfer",
                    isVerified: true,
                    in: tx
                )
                _ = try await WebhookEndpoints.create(
                    account: client.account,
                    url: "https://one.example/hook",
                    description: "test",
                    types: [.invoiceOverdue],
                    secret: "whsec_test",
                    sealedBy: agency.secrets,
                    createdBy: nil,
                    in: tx
                )
            }
            try await agency.connect(client)
            try await agency.onboard(client)
            try await agency.live(until: "2026-10-01T00:00:00Z")
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(invoice.collection == .manual && invoice.status == .pending && invoice.firstFailedAt == nil)
            #expect(agency.receiver.letters.isEmpty)
            try await agency.live(until: "2026-10-03T12:00:00Z")
            let late = try #require(try await agency.invoices(client).first)
            #expect(late.firstFailedAt != nil && late.nextAttemptAt == nil)
            #expect(try await agency.openFlags(client).contains(.paymentFailed))
            #expect(agency.receiver.letters.map(\.type) == ["invoice.overdue"])
            let guarded = try await agency.transaction { tx in try await SpendGuards.read(client.account, in: tx) }
            #expect(throws: SpendStopped.self) { try guarded.allow(Money(minor: 100, currency: .usd)) }
        }
    }
}
