import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

/// What cards, banks and gateways do.
extension AgencyHistory {
    mutating func card(of account: Account.ID) async throws {
        names += 1
        let reference = "pm_\(names)"
        try await transaction { tx in
            let method = try await PaymentMethods.add(
                account: account,
                kind: .stripe,
                providerReference: reference,
                displayName: "Card",
                isVerified: false,
                makeDefault: true,
                in: tx
            )
            let job = SubscriptionsJobs.registerPaymentMethod(method.id.rawValue, account: account)
            try await agency.producer.enqueue(job, in: tx)
        }
    }

    /// Another card, whose bank may say no, or a charge that goes wrong on its way.
    mutating func bank() async throws {
        if chance.isOne(in: 2) {
            agency.stripe.fail(chance.pick([.lostAnswer, .keySpent, .slowBank, .lostAnswer]))
            return
        }
        guard let account = clients.randomElement(using: &chance) else { return }
        let next = "pm_\(names + 1)"
        switch chance.roll(1...3) {
        case 1: agency.stripe.set(next, .declines("insufficient_funds"))
        case 2: agency.stripe.set(next, .declines("stolen_card"))
        default: break
        }
        try await card(of: account)
    }

    /// Events about invoices, in any order and any number of times.
    mutating func tell() async throws {
        var numbers = try await invoices("true").compactMap(\.number)
        numbers.shuffle(using: &chance)
        for number in numbers.prefix(3) {
            for _ in 0..<chance.roll(1...3) {
                try await receive(chance.pick(["invoice.paid", "invoice.payment_failed"]), number)
            }
        }
    }

    mutating func arrive(_ number: InvoiceNumber) async throws {
        guard agency.stripe.debits[number.description] == nil else { return }
        let isProcessing = try await agency.count(
            """
            select count(*) from igny8_payments payment join igny8_invoices invoice on invoice.id = payment.invoice_id
            where invoice.number = \(number.description) and payment.status = 'processing'
            """
        )
        guard isProcessing > 0 else { return }
        agency.stripe.arrive(number.description)
        try await receive("invoice.paid", number)
    }

    mutating func receive(_ type: String, _ number: InvoiceNumber) async throws {
        events += chance.isOne(in: 3) ? 0 : 1
        let id = "evt_\(events)"
        let payload: JSONValue = [
            "id": .string(id), "type": .string(type), "data": ["object": ["id": .string("in_\(number)")]],
        ]
        let bytes = try Array(JSONEncoder().encode(payload))
        try await transaction { tx in
            let event = try await WebhookEvents.store(
                provider: .stripe,
                eventID: id,
                type: type,
                objectID: nil,
                payload: bytes,
                occurredAt: nil,
                in: tx
            )
            try await agency.producer.enqueue(SubscriptionsJobs.processWebhook(event.id), in: tx)
        }
    }
}
